package diag

// settingLints are about keys that need other keys. What the client does was seen on 2.1.329.
func settingLints() []Lint {
	return []Lint{
		{ModelNotLocked, Warning, "a model that everybody can change",
			"The managed model is only where a session begins: --model, ANTHROPIC_MODEL and /model override it.",
			"List the approved models in availableModels, with enforceAvailableModels.",
			`settings:
  model: sonnet
`, `settings:
  model: sonnet
  availableModels: [sonnet]
  enforceAvailableModels: true
`},
		{LockWithoutList, Warning, "a lock without the list that it locks",
			"The lock makes the client read the list from managed settings only, and a list that is not there allows everything.",
			"Write the list, or remove the lock.",
			`settings:
  allowManagedMcpServersOnly: true
`, `settings:
  allowManagedMcpServersOnly: true
  allowedMcpServers:
    - serverCommand: [/opt/acme/bin/jira-mcp]
`},
		{TelemetryIncomplete, Warning, "telemetry keys that need each other",
			"The client sends nothing without CLAUDE_CODE_ENABLE_TELEMETRY, and nothing of a signal without its exporter, and does not say so; without an endpoint, OpenTelemetry's default is a collector on the machine itself.",
			"Set all of them, or none.",
			`settings:
  env:
    OTEL_LOGS_EXPORTER: otlp
    OTEL_EXPORTER_OTLP_PROTOCOL: http/json
    OTEL_EXPORTER_OTLP_ENDPOINT: http://127.0.0.1:8787
`, `settings:
  env:
    CLAUDE_CODE_ENABLE_TELEMETRY: "1"
    OTEL_LOGS_EXPORTER: otlp
    OTEL_EXPORTER_OTLP_PROTOCOL: http/json
    OTEL_EXPORTER_OTLP_ENDPOINT: http://127.0.0.1:8787
`},
		{SecretValue, Error, "a value that looks like a secret",
			"The client hands env to every program that it starts, and every user of a machine can read managed settings.",
			"Use a helper (apiKeyHelper, otelHeadersHelper) or ${VAR} from the machine's environment. The repository shows the value to everybody who reviews it, too.",
			`settings:
  env:
    ACME_API_KEY: 8f14e45fceea167a5a36
`, `settings:
  otelHeadersHelper: /opt/acme/bin/otel-headers
`},
	}
}

// hookLints are about hooks, which are the last line of defence and fail without a sound. What the client does was seen on 2.1.329.
func hookLints() []Lint {
	return []Lint{
		{HookTimeout, Warning, "a hook without a timeout",
			"The client waits for a command, http or mcp_tool hook for 600 seconds unless it has a timeout: a hook that hangs stops all work for that long.",
			"Write a timeout in seconds: 60 is enough for a program on a busy machine.",
			`hooks:
  - event: PreToolUse
    matcher: Bash
    command: sleep 5; exit 2
    on_failure: block
`, `hooks:
  - event: PreToolUse
    matcher: Bash
    command: sleep 5; exit 2
    on_failure: block
    timeout: 60
`},
		{HookRelative, Warning, "a hook whose program comes from the project",
			"The client runs hooks in the project's folder, so a relative path names a program that whoever writes the project supplies.",
			"Ship the program with `script:`, or name it by its absolute path.",
			`hooks:
  - event: PreToolUse
    matcher: Bash
    command: sh hooks/guard.sh
    on_failure: block
    timeout: 60
    platforms: [linux, macos]
`, `hooks:
  - event: PreToolUse
    matcher: Bash
    script: hooks/guard.sh
    on_failure: block
    timeout: 60
    platforms: [linux, macos]
`},
		{HookFailsOpen, Warning, "a hook whose failure lets the call through",
			"Only exit code 2, or an answer that says deny, blocks a call: when the program is missing, crashes, runs into its timeout or ends with any other code, the call goes on.",
			"Write `on_failure: block`. A hook that only records should be `async`.",
			`hooks:
  - event: PreToolUse
    matcher: Bash
    script: hooks/guard.sh
    timeout: 60
    platforms: [linux, macos]
`, `hooks:
  - event: PreToolUse
    matcher: Bash
    script: hooks/guard.sh
    on_failure: block
    timeout: 60
    platforms: [linux, macos]
`},
	}
}

// deliveryLints are about what happens between the repository and the client.
func deliveryLints() []Lint {
	return []Lint{
		{KeyNotHonoured, Warning, "a key that this delivery does not honour",
			"The client reads the key from other sources only, so it has no effect in the artifact named, and nothing is said of it.",
			"Remove the key, or deliver it where the client reads it.",
			`settings:
  autoConnectIde: false
`, `settings:
  cleanupPeriodDays: 30
`},
		{Rewritten, Warning, "a text that a device management service would rewrite",
			"The client takes $NAME and {{name}} as they stand, but Jamf and Intune replace their variables in a profile before it reaches the machine.",
			"Choose other words, or deliver settings as a file: `delivery.targets` without plist and mobileconfig.",
			`settings:
  companyAnnouncements:
    - Welcome, $USERNAME.
`, `settings:
  companyAnnouncements:
    - Welcome.
`},
		{NearLimit, Warning, "settings that are close to what the client can read",
			"The client does not read settings of more than 2,097,152 bytes: they are not in effect, and as the only document they keep every session from starting.",
			"Shorten the lists, or say the same with fewer patterns.",
			`# Thousands of rules, more than 1,677,721 bytes once compiled.
settings:
  permissions:
    deny:
      - Edit(//srv/customers/0001/**)
      - Edit(//srv/customers/0002/**)
`, `settings:
  permissions:
    deny:
      - Edit(//srv/customers/**)
`},
	}
}
