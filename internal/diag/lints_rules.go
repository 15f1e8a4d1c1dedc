package diag

// ruleLints are about permission rules. What the client does was seen on 2.1.329.
func ruleLints() []Lint {
	return []Lint{
		{DeadRule, Warning, "a permission rule that never matches",
			"The client accepts the rule and never consults it: file access is checked against Read and Edit rules only, and no tool has a misspelled name.",
			"Write the rule that the hint names. Somebody believes to be protected and is not.",
			`settings:
  permissions:
    deny:
      - Write(./generated/**)
`, `settings:
  permissions:
    deny:
      - Edit(./generated/**)
`},
		{MisleadingRule, Warning, "a permission rule that means something else than it seems",
			"The client takes a * without a blank before it as part of the word, a colon and a star inside a rule literally, and braces too.",
			"Write the rule that the hint names.",
			`settings:
  permissions:
    allow:
      - Bash(make*)
`, `settings:
  permissions:
    allow:
      - Bash(make *)
`},
		{PathAnchor, Warning, "a path that starts at the project and was meant as absolute",
			"In a managed rule /x is a path below the folder in which the session starts; only //x starts at the root of the file system.",
			"Write two slashes.",
			`settings:
  permissions:
    deny:
      - Edit(/etc/hosts)
`, `settings:
  permissions:
    deny:
      - Edit(//etc/hosts)
`},
		{BashArguments, Warning, "a Bash rule that tries to constrain arguments",
			"The client compares text: a * also stands for further arguments, and an option that comes later, or is spelled otherwise, does not match.",
			"Allow a program of your own that does one thing, use WebFetch(domain:...) or the sandbox for addresses, and deny an option at every place.",
			`settings:
  permissions:
    allow:
      - Bash(curl https://docs.acme.com/*)
`, `settings:
  permissions:
    allow:
      - WebFetch(domain:docs.acme.com)
`},
	}
}

// reachLints are about rules that work and reach less far than they seem to.
func reachLints() []Lint {
	return []Lint{
		{ShadowedRule, Warning, "an allow rule that a deny rule shadows",
			"Deny wins over allow, whatever is more specific and wherever it stands, so the allow rule has no effect.",
			"Remove it, or narrow the deny rule. Across files this is a note only.",
			`settings:
  permissions:
    allow:
      - Bash(make --version)
    deny:
      - Bash(make *)
`, `settings:
  permissions:
    allow:
      - Bash(make --version)
    deny:
      - Bash(make install *)
`},
		{OpenSibling, Warning, "a program is denied while another one does the same",
			"A deny rule stops the program that it names; the model tries the next one that serves the purpose.",
			"Deny or ask for the whole family. What must hold belongs into the sandbox, which sees the connection and not the name.",
			`settings:
  permissions:
    deny:
      - Bash(curl *)
`, `settings:
  permissions:
    deny:
      - Bash(curl *)
      - Bash(wget *)
`},
		{ReadNotMirrored, Warning, "a Read deny that other programs get around",
			"The client enforces a Read deny for its own tools and for programs like cat; every other program opens the file, unless the sandbox is on, into which the client copies the rule.",
			"Turn the sandbox on, or list the path under sandbox.filesystem.denyRead as well where the sandbox is turned on elsewhere. Windows has no sandbox, so nothing is told there.",
			`settings:
  permissions:
    deny:
      - Read(./secrets/**)
`, `settings:
  permissions:
    deny:
      - Read(./secrets/**)
  sandbox:
    enabled: true
    failIfUnavailable: true
    allowUnsandboxedCommands: false
`},
	}
}
