// Package calls holds what a session of a coding agent asks for, and a policy of 200 rules to decide it under: the load
// that decisions are measured with. [Kinds] says how often each kind of call comes, [Session] is a hundred calls in these
// proportions, [Policy] the rules. The proportions are an estimate; the benchmark measures each kind alone too, so that others can be
// weighed from the same figures.
package calls

import "github.com/policygen/policygen/internal/permission"

// Kind is a kind of call. The weights of all kinds are percent.
type Kind struct {
	Name   string
	Weight int
	Calls  []permission.Call // they take turns
}

// Kinds are what a session asks for.
func Kinds() []Kind {
	return []Kind{
		{"one command", 16, lines("git status", "go build ./...", "npm test", "git log --oneline -5", "ls -la internal", "make lint", "git diff", "npm run build -- --silent", "node --version", "mkdir -p internal/new")},
		{"several commands", 8, lines("cd web && npm run build", "git add -A && git status", "git fetch origin main && git log -3 --stat", "make build | tail -5", "go vet ./... && go test ./internal/store")},
		{"quotes, redirections", 18, lines(`go test ./... 2>&1 | tail -20`, `grep -rn "func Decide" internal | head -20`, `git commit -m "store: keep the order of events"`, `cat package.json | jq '.scripts'`, `find . -name '*.go' -not -path './vendor/*'`,
			`cd web && NODE_ENV=test npm test -- --filter 'login form' 2>&1 | head -50`, `for f in a b c; do echo "$f"; done`, `ls *.md 2>/dev/null || echo "none"`, "git commit -m \"$(cat <<'EOF'\nstore: keep the order\n\nThe order was lost.\nEOF\n)\"")},
		{"read", 24, files("Read", "file_path", "internal/store/store.go", "README.md", "web/src/components/Login.tsx", "package.json", "/home/dev/project/go.mod", "internal/store/testdata/events.json")},
		{"edit", 14, files("Edit", "file_path", "/home/dev/project/internal/store/store.go", "/home/dev/project/web/src/components/Login.tsx", "/home/dev/project/README.md")},
		{"write", 4, files("Write", "file_path", "/home/dev/project/internal/store/order.go", "/home/dev/project/web/src/order.ts")},
		{"search", 9, files("Grep", "path", "internal", "/home/dev/project/web/src", ".")},
		{"own tools", 4, []permission.Call{at("TodoWrite", "todos", "x"), at("TaskList", "x", "y")}},
		{"MCP", 2, []permission.Call{at("mcp__jira__get_issue", "key", "ABC-1"), at("mcp__docs__search", "query", "order")}},
		{"fetch", 1, []permission.Call{at("WebFetch", "url", "https://docs.example.com/store/order?x=1")}},
	}
}

// Session returns a hundred calls, those of a kind spread over all of it.
func Session() []permission.Call {
	var session []permission.Call
	kinds := Kinds()
	due, taken := make([]int, len(kinds)), make([]int, len(kinds))
	for range 100 {
		next := 0
		for i := range kinds {
			if due[i] += kinds[i].Weight; due[i] > due[next] {
				next = i
			}
		}
		due[next] -= 100
		k := kinds[next]
		session = append(session, k.Calls[taken[next]%len(k.Calls)])
		taken[next]++
	}
	return session
}

// at is a call in the project.
func at(tool, field, value string) permission.Call {
	return permission.Call{Tool: tool, Input: map[string]any{field: value}, Cwd: "/home/dev/project", Home: "/home/dev", ProjectDir: "/home/dev/project"}
}

// lines are calls of the shell.
func lines(commands ...string) []permission.Call { return files("Bash", "command", commands...) }

// files are calls of one tool.
func files(tool, field string, values ...string) []permission.Call {
	var list []permission.Call
	for _, v := range values {
		list = append(list, at(tool, field, v))
	}
	return list
}
