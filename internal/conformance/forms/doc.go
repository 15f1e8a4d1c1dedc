// Package forms is the proof that other people's programs read what policygen writes, and find in it what was meant: Samba the registry and policy
// files, libxml2 the templates, wixl and Wine the package, a grammar of PowerShell the scripts, and so on. It holds tests only, behind the build tags
// "conformance", "wine" and "gateway", one for each target of the Makefile of that name.
//
// testdata/windows.py checks a built tree; the tests give it the example organization, and that tree broken in many ways.
package forms
