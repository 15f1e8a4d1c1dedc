package house

// A row says which packages of this module a package may import. The first row that matches counts, so exact names stand before
// patterns. "*" is one path element, "..." at the end any number of them.
type row struct {
	pkg string
	may []string
}

// imports is the table "who may import whom". Test files may import anything.
var imports = []row{
	// Leaves.
	{"schema", []string{"internal/spell"}},
	{"internal/diag", nil},
	{"internal/wire", nil},
	{"internal/finding", []string{"internal/diag"}},
	{"internal/value", []string{"internal/diag"}},
	{"internal/spell", nil}, // every reader of names suggests the same way; the agent reaches it through permission, so it imports nothing

	// What the client understands.
	{"internal/catalog", []string{"schema", "internal/spell", "internal/diag", "internal/value"}},
	{"internal/permission", []string{"internal/spell", "internal/diag", "internal/value"}},
	{"internal/permission/corpus", []string{"internal/permission"}},
	{"internal/permission/live", []string{"internal/permission", "internal/permission/corpus", "internal/client"}},
	{"internal/permission/record", []string{"internal/permission/corpus", "internal/permission/live", "internal/client"}},
	{"internal/merge", []string{"internal/value", "internal/catalog"}},
	{"internal/gate", []string{"internal/catalog", "internal/permission", "internal/diag", "internal/value"}},
	{"internal/strictness", []string{"internal/catalog", "internal/permission", "internal/diag", "internal/value"}},
	{"internal/effective", []string{"internal/catalog", "internal/merge", "internal/permission", "internal/value"}}, // artifacts as a machine holds them, so nothing of the compiler

	// From files to bundles.
	{"internal/lint", []string{"internal/policy", "internal/resolve", "internal/catalog", "internal/permission", "internal/diag", "internal/value"}},
	{"internal/ir", []string{"internal/catalog", "internal/diag", "internal/value", "internal/wire"}},
	{"internal/source", []string{"internal/diag", "internal/value"}},
	{"internal/policy", []string{"internal/source", "internal/gate", "internal/catalog", "internal/permission", "internal/spell", "schema", "internal/diag", "internal/value", "internal/wire"}},
	{"internal/resolve", []string{
		"internal/policy", "internal/gate", "internal/lower", "internal/ir", "internal/catalog", "internal/permission", "internal/merge", "internal/strictness", "internal/diag", "internal/value", "internal/wire",
	}},
	{"internal/layout", []string{"internal/policy", "schema", "internal/diag", "internal/value"}},
	{"internal/lower", []string{"internal/policy", "internal/ir", "internal/catalog", "internal/permission", "internal/merge", "internal/diag", "internal/value", "internal/wire"}},

	// From bundles to files. A back end knows the waist and nothing left of it; all is the only package that knows every back end.
	{"internal/render", []string{"internal/ir", "internal/catalog", "internal/value"}},
	{"internal/render/all", []string{"internal/render", "internal/render/*", "internal/render/internal/console", "internal/catalog"}},
	{"internal/render/internal/*", []string{"internal/render", "internal/render/internal/*", "internal/ir", "internal/catalog", "internal/merge", "internal/diag", "internal/value", "internal/wire"}}, // wire: the test bundle has an agent
	{"internal/render/agentbundle", []string{"internal/render", "internal/render/internal/*", "internal/ir", "internal/catalog", "internal/value", "internal/wire"}},
	{"internal/render/*", []string{"internal/render", "internal/render/internal/*", "internal/ir", "internal/catalog", "internal/diag", "internal/value"}},
	{"internal/readback/*", []string{"internal/readback/*", "internal/catalog", "internal/diag", "internal/value"}},
	{"internal/sign", nil},
	{"internal/out", []string{"internal/render", "internal/wire"}},

	// The whole compiler and what uses it.
	{"internal/compile", []string{
		"internal/source", "internal/policy", "internal/resolve", "internal/lint", "internal/lower", "internal/effective", "internal/ir", "internal/catalog", "internal/merge",
		"internal/render", "internal/render/all", "internal/out", "internal/diag", "internal/value", "internal/wire",
	}},
	{"internal/scaffold", []string{"internal/catalog", "internal/effective", "internal/permission", "internal/diag", "internal/value"}},
	{"internal/attest", []string{"internal/importer", "internal/out", "internal/readback/*", "internal/catalog", "internal/value", "internal/wire"}},
	{"internal/linuxpkg", nil},
	{"internal/linuxforms", nil},
	{"internal/release", nil}, // the form of an archive, whoever makes or reads it
	{"internal/importer", []string{
		"internal/readback/*", "internal/catalog", "internal/merge", "internal/source", "internal/policy", "internal/layout", "internal/compile", "internal/ir", "internal/diag", "internal/value",
	}},
	{"internal/graph", nil},
	{"internal/site", []string{"internal/graph", "internal/lower", "internal/policy", "internal/resolve", "internal/value", "internal/wire"}},
	{"internal/conformance", nil}, // its tests import what they compare with the client
	{"internal/conformance/forms", nil},
	{"internal/conformance/proof", nil},
	{"internal/bench/...", []string{"internal/bench/...", "internal/compile", "internal/source", "internal/permission", "internal/out", "internal/diag", "internal/value"}},
	{"internal/diff", []string{"internal/ir", "internal/catalog", "internal/strictness", "internal/diag", "internal/value", "internal/wire"}},
	{"internal/diff/report", []string{"internal/diff", "internal/diag", "internal/finding"}},
	{"internal/policytest", []string{
		"internal/client", "internal/compile", "internal/policy", "internal/resolve", "internal/effective", "internal/permission", "internal/agent/hook", "internal/wire", "internal/diag", "internal/value",
	}},
	{"internal/client", nil},
	{"internal/rego", []string{"internal/wire"}}, // links Open Policy Agent: only its own program may import it
	{"internal/rego/client", []string{"internal/wire"}},
	{"internal/cli", []string{
		"schema", "internal/diag", "internal/finding", "internal/value", "internal/catalog", "internal/permission", "internal/merge", "internal/source",
		"internal/policy", "internal/resolve", "internal/lower", "internal/ir", "internal/render", "internal/render/all",
		"internal/readback/*", "internal/gate", "internal/effective", "internal/out", "internal/compile", "internal/diff", "internal/diff/report", "internal/policytest", "internal/wire", "internal/client", "internal/rego/client", "internal/scaffold",
		"internal/site", "internal/graph", "internal/release", "internal/attest", "internal/linuxpkg", "internal/linuxforms",
		"internal/layout", "internal/importer", "internal/sign",
	}},

	// The endpoint and the server share only wire and permission with the compiler.
	{"internal/agent/...", []string{"internal/agent/...", "internal/wire", "internal/permission", "internal/rego/client"}},
	{"internal/audit", []string{"internal/wire"}},
	{"internal/audit/...", []string{"internal/audit", "internal/wire"}},

	// Programs.
	{"cmd/policygen", []string{"internal/cli"}},
	{"internal/manual", []string{"internal/cli"}},
	{"cmd/policygen-rego", []string{"internal/rego", "internal/wire"}},
	{"cmd/policygen-agent", []string{"internal/agent/...", "internal/rego/client", "internal/wire"}},
	{"cmd/policygen-server", []string{"internal/audit/...", "internal/wire"}},
	{"internal/house", nil},
	{"internal/house/*", nil},
}

// planned are the rows whose packages do not exist yet. A row leaves this set when its package comes.
var planned = map[string]bool{
	"internal/audit":       true,
	"internal/audit/...":   true,
	"cmd/policygen-agent":  true,
	"cmd/policygen-server": true,
}

// A shared dependency is imported by more than one package, for a reason.
type shared struct {
	module string
	by     []string // patterns as in the import table
	reason string
}

var sharedDependencies = []shared{
	{"go.yaml.in/yaml/v3", []string{"internal/policy", "internal/layout", "internal/importer", "internal/readback/*"}, "one reads what a file means, one where everything in it stands, one writes, and readers of artifacts share no code with those"},
	{"howett.net/plist", []string{"internal/render/*", "internal/render/internal/*", "internal/readback/*"}, "writer and reader of one format are packages of their own"},
	{"github.com/smallstep/pkcs7", []string{"internal/sign", "internal/readback/*"}, "writer and reader of one format are packages of their own"},
	{"golang.org/x/sys", []string{"internal/out", "internal/source", "internal/client"}, "each opens or isolates something the standard library has no call for"},
}

// A banned name is a function or variable of the standard library that belongs in main.go.
var banned = map[string]string{
	"os.Exit":            "return an error or an exit code to main",
	"os.Args":            "take the arguments as a parameter",
	"os.Getenv":          "take getenv or the value as a parameter",
	"os.LookupEnv":       "take getenv or the value as a parameter",
	"os.Environ":         "take the environment as a parameter",
	"os.Stdin":           "take an io.Reader",
	"os.Stdout":          "take an io.Writer",
	"os.Stderr":          "take an io.Writer",
	"time.Now":           "take the time or a clock as a parameter",
	"time.Since":         "take the time or a clock as a parameter",
	"time.Until":         "take the time or a clock as a parameter",
	"log.Fatal":          "return an error",
	"log.Fatalf":         "return an error",
	"log.Fatalln":        "return an error",
	"log.Panic":          "return an error",
	"log.Panicf":         "return an error",
	"log.Panicln":        "return an error",
	"log.Print":          "return diagnostics; only internal/cli prints",
	"log.Printf":         "return diagnostics; only internal/cli prints",
	"log.Println":        "return diagnostics; only internal/cli prints",
	"fmt.Print":          "take an io.Writer",
	"fmt.Printf":         "take an io.Writer",
	"fmt.Println":        "take an io.Writer",
	"flag.Parse":         "use a flag set of your own",
	"http.DefaultClient": "take an *http.Client",
}

// Limits of shape. A median or p90 is over all non-test files or functions of the module.
const (
	maxFileLines    = 500
	medianFileLines = 130
	maxFuncLines    = 80
	p90FuncLines    = 35
	medianFuncLines = 10
	minCommentShare = 12 // percent of the lines that are not blank
	maxCommentShare = 30
	minTestPerCode  = 100 // percent: lines of tests per lines of code
)

// Leftovers are marks of unfinished work. They are written in pieces, so that this file passes its own test.
var leftovers = []string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "not " + "implemented", "un" + "implemented"}

// Foreign strings name a place where the project happens to be written, or one host out of many that serve the same bytes.
var foreign = []string{
	"/wo" + "rk/main", "/wo" + "rk/shared", "/wo" + "rk/steer", "../sha" + "red", "/fa" + "rm/", "fa" + "rm-bench", "fa" + "rm-studio",
	".libr" + "ary", "steer" + "ing repo", "/tmp/" + "brief",
	"registry." + "npmjs", "proxy." + "golang", "sum." + "golang", "deb." + "debian", "security." + "debian", "py" + "pi.org",
}
