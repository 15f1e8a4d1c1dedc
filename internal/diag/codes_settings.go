package diag

// Codes of native settings: what the client would drop, coerce, refuse or never look at.
const (
	UnknownKey         Code = "unknown-key"
	NewerKey           Code = "unlisted-key"
	KeyTooNew          Code = "key-too-new"
	LeftOut            Code = "left-out"
	KeyRemoved         Code = "key-removed"
	KeyDeprecated      Code = "key-deprecated"
	AliasAndCanonical  Code = "alias-and-canonical"
	NullValue          Code = "null-value"
	InvalidRule        Code = "invalid-rule"
	InvalidHook        Code = "invalid-hook"
	DeadHook           Code = "dead-hook"
	InvalidMCPServer   Code = "invalid-mcp-server"
	InvalidMarketplace Code = "invalid-marketplace"
	HooksDisabled      Code = "hooks-disabled"
	ClaudeMdTwice      Code = "claude-md-twice"
)

// settingsEntries exist because the client accepts nearly everything and drops what it does not understand.
func settingsEntries() []Entry {
	return []Entry{
		{UnknownKey, Error, "a settings key that the client does not know",
			"The client keeps unknown keys without a word and does nothing with them: the setting would silently not apply.\nUse the key the hint names. If a newer client has it, list it under `unknown_keys:` and it is passed through with a warning."},
		{NewerKey, Warning, "a key passed through unchecked",
			"The key is listed under `unknown_keys:`, so it reaches the artifacts without a check of its value. Remove it from the list once policygen knows it."},
		{KeyTooNew, Error, "something that the oldest client in the fleet does not know",
			"Clients from `client.minimum_version` on must honour the policy. An older client ignores an unknown key, hook event or form of a permission rule; for a key it tells nobody. `first seen in` means that no older client was looked at closely: it may know the key.\nRaise `client.minimum_version`, remove it, or build with `--client-version`, which leaves it out and says so. `policygen compat` shows the whole range."},
		{LeftOut, Warning, "something left out for an old client",
			"The build is for the clients of one version (`--client-version`), which do not know this key, hook event or form of a rule. It is not in the artifacts, so what it enforced does not hold on those clients."},
		{KeyRemoved, Error, "a key that clients no longer have",
			"The key was removed from the client, which now ignores it."},
		{KeyDeprecated, Warning, "a key that is going away",
			"The client still honours the key, but names another one for the purpose."},
		{AliasAndCanonical, Error, "a key and its alias in one file",
			"The client ignores the alias when both stand in one document, so the entries under it would silently not apply.\nMerge both under the canonical name."},
		{NullValue, Error, "a null value",
			"The client treats null differently for every kind of key: some ignore it, allowlists become empty and allow nothing, and a property list cannot hold it.\nRemove the key, or write the value you mean."},
		{InvalidRule, Error, "a permission rule that the client rejects",
			"The client skips a rule it cannot parse, so it would silently not apply. If every rule of a deny list is rejected, the client withholds the allow list too."},
		{InvalidHook, Error, "a hook that the client drops",
			"One invalid handler under PreToolUse or PermissionRequest makes the client drop every hook of the document; elsewhere the handler or event goes."},
		{DeadHook, Error, "a hook that never runs",
			"The client accepts the hook and never fires it: its matcher or condition cannot match anything."},
		{InvalidMCPServer, Error, "an MCP server entry that the client drops",
			"One bad server is skipped alone; an allowlist entry with two keys is dropped, and if it was the only one nothing is allowed."},
		{InvalidMarketplace, Error, "a marketplace entry that the client drops or never matches",
			"In an allowlist a bad entry is removed, which may leave an empty list that allows nothing; in a blocklist it is kept and matches nothing."},
		{HooksDisabled, Error, "hooks that a setting turns off",
			"disableAllHooks: true turns managed hooks off as well, and an http hook whose URL allowedHttpHookUrls does not list is silently not run."},
		{ClaudeMdTwice, Error, "claudeMd and guidance together",
			"A tree carries guidance once: as CLAUDE.md, or as the claudeMd key where no file can be shipped. claudeMd is a scalar, so a later one replaces an earlier one whole.\nMove the text to `guidance:`."},
	}
}
