package cli

import (
	"context"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/rego/client"
	"github.com/policygen/policygen/internal/wire"
)

// modules checks the modules of rego policies and adds what is found. The program that does is started only where there
// is a module.
func (l *loaded) modules(ctx context.Context, a *app, program *compile.Program) {
	l.list = append(l.list, program.Modules(func(texts []string) ([]wire.RegoResult, error) {
		return client.Find(a.env.Executable).Check(ctx, texts)
	})...)
}
