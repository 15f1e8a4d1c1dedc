package rego

// Capabilities is for the test that lists them.
var Capabilities = capabilities
