package cli

import (
	"context"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/rego/client"
	"github.com/policygen/policygen/internal/wire"
)

// judged is compiled with the modules of rego policies checked as well. The program that does is started only where there
// is a module; where it is missing, the list says so.
func (l *loaded) judged(ctx context.Context, a *app, p place) (*compile.Program, error) {
	program, err := l.compiled(a, p)
	if err != nil {
		return nil, err
	}
	l.list = append(l.list, program.Modules(func(texts []string) ([]wire.RegoResult, error) {
		return client.Find(a.env.Executable).Check(ctx, texts)
	})...)
	return program, nil
}
