package catalog

import (
	"encoding/json"
	"slices"
)

// Merge says how the client combines the values of a key from several files
// (checked with drop-ins on claude 2.1.329).
type Merge string

// The merge kinds.
const (
	// MergeReplace lets the later value replace the earlier one.
	MergeReplace Merge = "replace"
	// MergeUnion joins two lists in file order and drops repeated scalars. Any
	// other pair of types is replaced.
	MergeUnion Merge = "union"
	// MergeDeep merges objects member by member.
	MergeDeep Merge = "deep"
	// MergeReplaceWhole replaces a list or object as one value.
	MergeReplaceWhole Merge = "replace-whole"
	// MergeInEntry marks members of a list entry, or of an object that is
	// replaced whole: they never merge by themselves.
	MergeInEntry Merge = "in-entry"
)

// Strictness says what an overlay may do with a value that an ancestor set.
type Strictness string

// The strictness classes.
const (
	// Order: values can be compared, see [Row.Stricter].
	Order Strictness = "order"
	// Additive: each added entry is stricter, each missing one looser.
	Additive Strictness = "additive"
	// Locked: an overlay may add, but not change what an ancestor set.
	Locked Strictness = "locked"
	// Free: the value has no security meaning.
	Free Strictness = "free"
)

// Direction says which of two values of an [Order] key is the stricter one.
type Direction string

// The directions.
const (
	// StricterTrue: true is stricter than false.
	StricterTrue Direction = "true"
	// StricterFalse: false is stricter than true.
	StricterFalse Direction = "false"
	// StricterLower: the lower number or version is stricter.
	StricterLower Direction = "lower"
	// StricterHigher: the higher number or version is stricter.
	StricterHigher Direction = "higher"
	// StricterFewer: a list or map with fewer entries is stricter; see [Row.Unset].
	StricterFewer Direction = "fewer"
	// StricterValues: [Row.LooseToStrict] lists the values in order.
	StricterValues Direction = "values"
)

// Meaning is what a list of permitted things means while nobody sets it.
type Meaning string

// The meanings of an unset list.
const (
	// UnsetEverything: without the list everything is permitted, so setting
	// it is stricter.
	UnsetEverything Meaning = "everything"
	// UnsetNothing: without the list nothing is permitted, so setting it is
	// looser.
	UnsetNothing Meaning = "nothing"
	// UnsetDefault: without the list the client uses a list of its own.
	UnsetDefault Meaning = "default"
)

// Scope names the settings files in which the client honors a key.
type Scope string

// The scopes.
const (
	// ScopeAny: every settings file.
	ScopeAny Scope = "any"
	// ScopeManaged: managed settings only.
	ScopeManaged Scope = "managed"
	// ScopeUserManaged: user and managed settings.
	ScopeUserManaged Scope = "user-managed"
	// ScopeUserLocalManaged: user, local and managed settings.
	ScopeUserLocalManaged Scope = "user-local-managed"
	// ScopeGlobal: ~/.claude.json only, so never managed settings.
	ScopeGlobal Scope = "global"
	// ScopeLauncher: only the program that starts the client can set it.
	ScopeLauncher Scope = "launcher-only"
)

// SinceBasis says how [Row.Since] is known.
type SinceBasis string

// The ways of knowing.
const (
	// SinceKnown: Since holds the version.
	SinceKnown SinceBasis = "known"
	// SinceBefore: the key is in the documentation of 2.1.240 and may be older.
	SinceBefore SinceBasis = "before-2.1.240"
	// SinceFirstSeen: the key was found in the program 2.1.329.
	SinceFirstSeen SinceBasis = "first-seen-2.1.329"
)

// Types is a set of value types: string, boolean, integer, number, array,
// object (members are listed), map (any member name), any, null or list-value.
type Types []string

// The value types that code asks for by name.
const (
	// TypeMap is an object whose member names are free.
	TypeMap = "map"
	// TypeAny accepts every value.
	TypeAny = "any"
	// TypeListValue marks a row that documents one value of a list. It is no
	// path of a settings tree and cannot be looked up.
	TypeListValue = "list-value"
)

// Has reports whether t contains the type name.
func (t Types) Has(name string) bool { return slices.Contains(t, name) }

// UnmarshalJSON accepts one name or a list of names.
func (t *Types) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		// Type names have no escapes, so this saves most rows a second decoder.
		*t = Types{string(data[1 : len(data)-1])}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// Condition makes a member required while another member of the same object
// has one of the values.
type Condition struct {
	// Member is the name of the other member, in practice "type" or "source".
	Member string `json:"member"`
	// Values are the values of it that make the condition hold.
	Values []string `json:"values"`
}

// Row is one entry of the list. Empty fields mean "nothing special". The facts
// come from the documentation of 2.1.240 and from running 2.1.329; a changed
// client means a changed settings.json and no changed code.
type Row struct {
	// Key is the dotted path: "*" stands for any map name, "[]" for any list entry.
	Key string `json:"key"`
	// AliasOf is the canonical key of a second name.
	AliasOf string `json:"alias_of"`
	// MembersOf is a key whose members and entries hold here too; "$" is the
	// settings object itself.
	MembersOf string `json:"members_of"`
	// Types are the accepted value types, at least one.
	Types Types `json:"type"`
	// Names are the permitted names of a map. Empty permits all.
	Names []string `json:"names"`
	// Items is the type of list entries or map values, or a format of strings.
	Items string `json:"items"`
	// ItemEnum are the permitted entries.
	ItemEnum []string `json:"item_enum"`
	// Enum are the permitted values.
	Enum []string `json:"enum"`
	// EnumPattern is an RE2 expression for values permitted besides Enum.
	EnumPattern string `json:"enum_pattern"`
	// ValueAliases maps values to the ones the client stores in their place.
	ValueAliases map[string]string `json:"value_aliases"`
	// Min, ExclusiveMin and Max bound a number, in the unit that Doc names.
	Min          *float64 `json:"min"`
	ExclusiveMin *float64 `json:"exclusive_min"`
	Max          *float64 `json:"max"`
	// ZeroAllowed permits 0 although it is below Min.
	ZeroAllowed bool `json:"zero_allowed"`
	// Required makes the client reject the surrounding object without it.
	Required bool `json:"required"`
	// RequiredWhen makes it required in some cases.
	RequiredWhen *Condition `json:"required_when"`
	// Format names the syntax of a string, such as permission-rule, regex-js
	// (a regular expression of the client), url-glob, domain, uuid or semver.
	Format string `json:"format"`

	// Merge is the kind by which the compiler and the client combine files.
	Merge Merge `json:"merge"`
	// MergeNote says in words where the kind alone would mislead.
	MergeNote string `json:"merge_note"`

	// Strictness is set on every row. For an object whose members are listed
	// the rows of the members decide.
	Strictness Strictness `json:"strictness"`
	// Stricter is set exactly on rows with strictness order.
	Stricter Direction `json:"stricter"`
	// LooseToStrict holds the values for StricterValues, the loosest first.
	// Being unset is looser than the last one.
	LooseToStrict []string `json:"loose_to_strict"`
	// Unset is set exactly on rows with StricterFewer.
	Unset Meaning `json:"unset"`
	// Lock is the boolean key without which people can widen the list.
	Lock string `json:"lock"`
	// OverridableByDefault permits overlays to loosen the key.
	OverridableByDefault bool `json:"overridable_by_default"`
	// Default is the value the client assumes, if one is documented.
	Default json.RawMessage `json:"default"`

	// Scope tells which settings files count. Rows of scope global and
	// launcher-only have no effect in managed settings.
	Scope Scope `json:"scope"`
	// Since is the first client version, such as "2.1.224".
	Since string `json:"since"`
	// SinceBasis is "known" exactly if Since is set. A member counts as
	// introduced no earlier than the block around it.
	SinceBasis SinceBasis `json:"since_basis"`
	// Removed and Deprecated are the versions that did so.
	Removed    string `json:"removed"`
	Deprecated string `json:"deprecated"`
	// Replacement is the key to use in place of a deprecated one.
	Replacement string `json:"replacement"`

	// Sources are the managed sources that honor the key: remote, mdm, hklm,
	// hkcu, file, helper, parent. Empty means all.
	Sources []string `json:"sources"`
	// SourceNote says in words what Sources cannot, such as "only the desktop
	// app reads it".
	SourceNote string `json:"source_note"`
	// CrossSource: the client reads the key from every admin source.
	CrossSource bool `json:"cross_source"`
	// Control: the key alone does not make a source count as policy.
	Control bool `json:"control"`

	// Invalid is what the client does with a value of a wrong type.
	Invalid Outcome `json:"invalid"`
	// InvalidValue is the value for TreatedAsValue.
	InvalidValue json.RawMessage `json:"invalid_value"`
	// InvalidReason says why Invalid is empty.
	InvalidReason string `json:"invalid_reason"`
	// InvalidSeenBy is where an administrator could learn of it.
	InvalidSeenBy SeenBy `json:"invalid_seen_by"`
	// OneBadEntry is what becomes of a list with one wrong entry.
	OneBadEntry Outcome `json:"one_bad_entry"`
	// NullIs is what becomes of null.
	NullIs Outcome `json:"null_is"`
	// CoercesStrings: the strings "true" and "false" count as booleans,
	// without any message.
	CoercesStrings bool `json:"coerces_strings"`
	// UnknownMembers is stripped or kept; empty if not known.
	UnknownMembers string `json:"unknown_members"`

	// Topic groups keys for documentation.
	Topic string `json:"topic"`
	// Doc is one line of plain English without a full stop.
	Doc string `json:"doc"`
	// Sample is a valid value.
	Sample json.RawMessage `json:"sample"`
}
