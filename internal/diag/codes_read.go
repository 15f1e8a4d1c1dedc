package diag

// Codes of reading files: what stands before any meaning.
const (
	UnreadableFile   Code = "unreadable-file"
	NotUTF8          Code = "not-utf8"
	FileTooLarge     Code = "file-too-large"
	Symlink          Code = "symlink"
	CaseCollision    Code = "case-collision"
	NoPolicyFiles    Code = "no-policy-files"
	SyntaxError      Code = "syntax"
	DuplicateKey     Code = "duplicate-key"
	AliasBomb        Code = "alias-bomb"
	TooDeep          Code = "too-deep"
	ManyDocuments    Code = "many-documents"
	ControlCharacter Code = "control-character"
	UnsupportedYAML  Code = "unsupported-yaml"
	BadNumber        Code = "bad-number"
)

// readEntries stop a file before it is parsed any further; every other file is still judged.
func readEntries() []Entry {
	return []Entry{
		{UnreadableFile, Error, "a policy file cannot be read",
			"The file exists but could not be read, or is not a regular file. A policy that is half read is worse than none, so nothing is written.\nGive the file read permission, or replace the device, socket or folder by a regular file."},
		{NotUTF8, Error, "a policy file is not UTF-8 text",
			"Policy files are UTF-8, with or without a byte order mark. The client replaces invalid bytes by U+FFFD without a word, so a rule would no longer match.\nSave the file as UTF-8."},
		{FileTooLarge, Error, "a policy file is larger than 2 MiB",
			"The client itself refuses settings documents of more than 2,097,152 bytes, so no source file needs to be larger.\nSplit the file."},
		{Symlink, Error, "a symbolic link in the policy folder",
			"A link could bring in text from outside the repository that no reviewer saw.\nReplace it by the file it points to."},
		{CaseCollision, Error, "two paths differ only in case",
			"On macOS and Windows both would be one file, so the repository would compile differently there.\nRename one of them."},
		{NoPolicyFiles, Error, "the policy folder holds no policy files",
			"A policy file ends in .yaml, .yml or .json and does not start with a dot.\nRun `policygen init` to start a policy repository, or name the folder with --policies."},
		{SyntaxError, Error, "a file is not valid YAML or JSON",
			"The parser could not read the file. JSON files are read strictly: no comments, no trailing commas, because a client that is handed such a document exits.\nMend the syntax at the place shown."},
		{DuplicateKey, Error, "a key stands twice in one map",
			"The client would keep the last one and drop the first without a word.\nMerge the two, or rename one."},
		{AliasBomb, Error, "YAML aliases expand to too much",
			"Nested aliases can make a small file expand to gigabytes. policygen stops at 100,000 values for one file.\nWrite the values out, or use fewer aliases."},
		{TooDeep, Error, "values are nested too deeply",
			"The client cuts settings that are nested deeper than 64 levels.\nFlatten the value."},
		{ManyDocuments, Error, "a file holds more than one YAML document",
			"Only the first document of a file would be read.\nPut each document into a file of its own."},
		{ControlCharacter, Error, "a string holds a control character",
			"NUL and other control characters cannot be written to a macOS profile or a registry value, and a rule that holds one never matches.\nRemove the character; tab and line breaks are fine."},
		{UnsupportedYAML, Error, "a YAML feature that policies do not use",
			"Custom tags, binary values, merge keys (<<) and keys that are not strings have no counterpart in the settings the client reads.\nWrite the value plainly."},
		{BadNumber, Error, "a number that JSON cannot carry",
			"Infinity, NaN and whole numbers beyond 9007199254740991 change on their way to the client.\nUse a smaller number, or a string where the key takes one."},
	}
}
