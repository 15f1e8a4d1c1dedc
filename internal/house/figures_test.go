package house

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// A measure is a file or function with its length in lines.
type measure struct {
	name  string
	lines int
}

// figures are what the limits of shape are about.
type figures struct {
	packages            int
	files, funcs        []measure // of non-test code
	comments, nonblank  int       // lines of non-test code; a line counts as comment when it holds nothing else
	commented           int       // lines of non-test code with a comment anywhere
	codeLines           int       // all lines of non-test code
	testLines           int       // all lines of Go tests and of .txtar scripts in testdata
	exported, undocs    int
	tests, fuzz, benchs int
}

// take adds one package to the figures.
func (f *figures) take(p *pkg) {
	f.packages++
	undocs, exported := undocumented(p)
	f.exported += exported
	f.undocs += len(undocs)
	for _, file := range p.files {
		if file.test {
			f.testLines += lines(file.text)
			f.countTests(file)
			continue
		}
		f.codeLines += lines(file.text)
		comments, nonblank := commentShare(p, file)
		f.comments += comments
		f.nonblank += nonblank
		f.commented += len(commentLines(p, file))
		if !ast.IsGenerated(file.tree) {
			f.files = append(f.files, measure{file.path, lines(file.text)})
			f.funcs = append(f.funcs, funcLengths(p, file)...)
		}
	}
}

func (f *figures) countTests(file *file) {
	for _, decl := range file.tree.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil {
			continue
		}
		switch name := fn.Name.Name; {
		case strings.HasPrefix(name, "Test") && name != "TestMain":
			f.tests++
		case strings.HasPrefix(name, "Fuzz"):
			f.fuzz++
		case strings.HasPrefix(name, "Benchmark"):
			f.benchs++
		}
	}
}

// funcLengths measures functions from the line of func to the line of the closing brace; literals belong to the function around them.
func funcLengths(p *pkg, file *file) []measure {
	var found []measure
	for _, decl := range file.tree.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
			from, to := p.fset.Position(fn.Pos()).Line, p.fset.Position(fn.End()).Line
			found = append(found, measure{fmt.Sprintf("%s:%d %s", file.path, from, fn.Name.Name), to - from + 1})
		}
	}
	return found
}

// commentShare counts the lines that hold only a comment, and all lines that are not blank.
func commentShare(p *pkg, file *file) (comments, nonblank int) {
	commented := commentLines(p, file)
	inBlock := false
	n := 0
	for line := range strings.Lines(string(file.text)) {
		n++
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		nonblank++
		starts := strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*")
		if commented[n] && (starts || inBlock) {
			comments++
			inBlock = !strings.HasPrefix(text, "//") && !strings.HasSuffix(text, "*/")
		}
	}
	return comments, nonblank
}

// quantile returns the smallest length that share percent of the measures do not exceed.
func quantile(measures []measure, share int) int {
	if len(measures) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(measures), func(a, b measure) int { return a.lines - b.lines })
	return sorted[(len(sorted)*share+99)/100-1].lines
}

func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (part*100 + whole/2) / whole
}

// over returns a problem per measure longer than limit.
func over(measures []measure, limit int, advice string) []string {
	var problems []string
	for _, m := range measures {
		if m.lines > limit {
			problems = append(problems, fmt.Sprintf("%s has %d lines, more than %d: %s", m.name, m.lines, limit, advice))
		}
	}
	return problems
}

// problems compares the figures with the limits.
func (f *figures) problems() []string {
	found := over(f.files, maxFileLines, "split it by what it is about")
	found = append(found, over(f.funcs, maxFuncLines, "give its parts names")...)
	limit := func(what string, got, max int, advice string) {
		if got > max {
			found = append(found, fmt.Sprintf("%s is %d, more than %d: %s", what, got, max, advice))
		}
	}
	limit("median file length", quantile(f.files, 50), medianFileLines, "split the longest files by what they are about")
	limit("90th percentile of function lengths", quantile(f.funcs, 90), p90FuncLines, "shorten the longest functions")
	limit("median function length", quantile(f.funcs, 50), medianFuncLines, "give parts of functions names")
	if share := percent(f.comments, f.nonblank); share < minCommentShare || share > maxCommentShare {
		found = append(found, fmt.Sprintf("comments are %d %% of the code, outside %d to %d: say why where it is not obvious, and nothing else", share, minCommentShare, maxCommentShare))
	}
	if f.testLines*100 < f.codeLines*minTestPerCode {
		found = append(found, fmt.Sprintf("%d lines of tests for %d lines of code: test what is not tested yet", f.testLines, f.codeLines))
	}
	return found
}

func (f *figures) String() string {
	longest := func(measures []measure) string {
		if len(measures) == 0 {
			return "none"
		}
		m := slices.MaxFunc(measures, func(a, b measure) int { return a.lines - b.lines })
		return fmt.Sprintf("%d (%s)", m.lines, m.name)
	}
	var b strings.Builder
	line := func(what, limit string, format string, args ...any) {
		fmt.Fprintf(&b, "%-34s %-12s %s\n", what, limit, fmt.Sprintf(format, args...))
	}
	line("figure", "limit", "value")
	line("packages", "", "%d", f.packages)
	line("code files", "", "%d", len(f.files))
	line("code lines", "", "%d", f.codeLines)
	line("test lines", "", "%d", f.testLines)
	line("test lines per code line", ">= 100 %", "%d %%", percent(f.testLines, f.codeLines))
	line("file length, median", fmt.Sprint("<= ", medianFileLines), "%d", quantile(f.files, 50))
	line("file length, longest", fmt.Sprint("<= ", maxFileLines), "%s", longest(f.files))
	line("functions", "", "%d", len(f.funcs))
	line("function length, median", fmt.Sprint("<= ", medianFuncLines), "%d", quantile(f.funcs, 50))
	line("function length, 90th percentile", fmt.Sprint("<= ", p90FuncLines), "%d", quantile(f.funcs, 90))
	line("function length, longest", fmt.Sprint("<= ", maxFuncLines), "%s", longest(f.funcs))
	line("comment lines", fmt.Sprintf("%d to %d %%", minCommentShare, maxCommentShare), "%d %%", percent(f.comments, f.nonblank))
	line("lines with a comment", "", "%d %%", percent(f.commented, f.nonblank))
	line("exported names documented", "100 %", "%d of %d", f.exported-f.undocs, f.exported)
	line("test functions", "", "%d", f.tests)
	line("fuzz targets", "", "%d", f.fuzz)
	line("benchmarks", "", "%d", f.benchs)
	return b.String()
}

func TestFigures(t *testing.T) {
	var f figures
	for _, p := range load(t) {
		f.take(p)
	}
	top := root(t)
	walk(t, top, func(name string) {
		if path.Ext(name) == ".txtar" && strings.Contains("/"+name, "/testdata/") {
			f.testLines += lines(read(t, top, name))
		}
	})
	t.Log("\n" + f.String())
	report(t, f.problems())
}

func TestFiguresOfAPackage(t *testing.T) {
	p := parse(t, "internal/a",
		"a.go", "// Package a is.\npackage a\n\n/* F\ndoes. */\nfunc F() {\n\tx := 1 // one\n\t_ = x\n}\n\nfunc g() {}\n",
		"a_test.go", "package a\n\nfunc TestF() {}\n\nfunc FuzzF() {}\n")
	var f figures
	f.take(p)
	got := []int{f.packages, len(f.files), len(f.funcs), f.comments, f.nonblank, f.codeLines, f.testLines, f.exported, f.undocs, f.tests, f.fuzz, f.benchs}
	want := []int{1, 1, 2, 3, 9, 11, 5, 1, 0, 1, 1, 0}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if q := []int{quantile(f.funcs, 50), quantile(f.funcs, 90), quantile(nil, 50)}; !slices.Equal(q, []int{1, 4, 0}) {
		t.Errorf("quantiles are %v", q)
	}
}

func TestFigureLimits(t *testing.T) {
	good := func() figures {
		return figures{files: []measure{{"a.go", 100}}, funcs: []measure{{"a.go:1 f", 5}}, comments: 20, nonblank: 100, codeLines: 100, testLines: 100}
	}
	cases := []struct {
		name   string
		change func(*figures)
		want   string
	}{
		{"good", func(*figures) {}, ""},
		{"long file", func(f *figures) { f.files = append(f.files, measure{"b.go", 501}) }, "b.go has 501 lines, more than 500"},
		{"long files", func(f *figures) { f.files = []measure{{"a.go", 131}} }, "median file length is 131"},
		{"long function", func(f *figures) { f.funcs = append(f.funcs, make([]measure, 10)...); f.funcs[0].lines = 81 }, "a.go:1 f has 81 lines"},
		{"long functions", func(f *figures) { f.funcs = []measure{{"f", 11}} }, "median function length is 11"},
		{"few comments", func(f *figures) { f.comments = 5 }, "comments are 5 %"},
		{"many comments", func(f *figures) { f.comments = 40 }, "comments are 40 %"},
		{"few tests", func(f *figures) { f.testLines = 99 }, "99 lines of tests for 100 lines of code"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := good()
			c.change(&f)
			wantProblem(t, f.problems(), c.want)
		})
	}
}
