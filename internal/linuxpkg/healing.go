package linuxpkg

import (
	"fmt"
	"path"
	"strings"
)

// Where the copies and the units lie. The units are enabled by links in the package,
// since there is no script that could enable them.
const (
	copies = "/usr/lib/" + family
	units  = "/usr/lib/systemd/system"
)

// healing returns a copy of every file, and units that put it back: at once when one
// is changed, and every quarter of an hour for what a path unit does not see, such as
// a folder that was moved away.
func (p Package) healing() []File {
	// One service puts all files back: it costs a few copies, and a file that was
	// changed seldom is the only one.
	var service, watch strings.Builder
	service.WriteString("[Unit]\nDescription=Put the managed settings of Claude Code back\n\n[Service]\nType=oneshot\n")
	watch.WriteString("[Unit]\nDescription=Watch the managed settings of Claude Code\n\n[Path]\n")
	var files []File
	for _, f := range p.Files {
		below := strings.TrimPrefix(f.Path, Dir+"/")
		kept := copies + "/" + below
		files = append(files, File{Path: kept, Data: f.Data, Exec: f.Exec})
		mode := "0644"
		if f.Exec {
			mode = "0755"
		}
		// A name that begins with a dot is none that the client reads, and renaming
		// replaces the file as a whole.
		fresh := path.Dir(f.Path) + "/." + path.Base(f.Path) + ".new"
		fmt.Fprintf(&service, "ExecStart=/usr/bin/install -D -m %s -o root -g root %s %s\n", mode, word(kept), word(fresh))
		fmt.Fprintf(&service, "ExecStart=/bin/mv -fT %s %s\n", word(fresh), word(f.Path))
		fmt.Fprintf(&watch, "PathChanged=%s\n", specifiers(f.Path))
	}
	watch.WriteString("\n[Install]\nWantedBy=multi-user.target\n")
	// The timer counts from the end of the last run, so that a machine that slept does
	// not run it many times.
	timer := "[Unit]\nDescription=Check the managed settings of Claude Code\n\n[Timer]\nOnBootSec=1min\nOnUnitInactiveSec=15min\n\n[Install]\nWantedBy=timers.target\n"
	return append(files,
		File{Path: units + "/" + family + ".service", Data: []byte(service.String())},
		File{Path: units + "/" + family + ".path", Data: []byte(watch.String())},
		File{Path: units + "/" + family + ".timer", Data: []byte(timer)},
		File{Path: units + "/multi-user.target.wants/" + family + ".path", Link: "../" + family + ".path"},
		File{Path: units + "/timers.target.wants/" + family + ".timer", Link: "../" + family + ".timer"},
	)
}

// word writes a path as one word of a command line in a unit (systemd.service(5),
// "Command lines").
func word(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", "$$", "%", "%%").Replace(s) + `"`
}

// specifiers writes a path as the value of a setting, where a percent sign alone has a
// meaning.
func specifiers(s string) string { return strings.ReplaceAll(s, "%", "%%") }
