// Package windows is the proof that other people's parsers read what policygen writes for Windows: Samba the registry and policy files, libxml2
// the templates, wixl the package, and a grammar of PowerShell the scripts. It holds tests only, behind the build tag "conformance". Run them with
//
//	make conformance
//
// testdata/forms.py checks a built tree; the tests give it the example organization, and that tree broken in many ways.
package windows
