package policy

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Draft is a new exception as it is written: the order of the fields is the file's.
type Draft struct {
	Team        string   `yaml:"team,omitempty"`
	User        string   `yaml:"user,omitempty"`
	Project     string   `yaml:"project,omitempty"`
	ExemptFrom  []string `yaml:"exempt_from"`
	Values      []string `yaml:"values,omitempty"`
	Reason      string   `yaml:"reason,omitempty"`
	Ticket      string   `yaml:"ticket,omitempty"`
	RequestedBy string   `yaml:"requested_by,omitempty"`
	ApprovedBy  string   `yaml:"approved_by,omitempty"`
	Starts      string   `yaml:"starts,omitempty"` // as people write dates
	Expires     string   `yaml:"expires,omitempty"`
}

// YAML returns a policy file with the exception alone, below a comment that may be empty.
func (d Draft) YAML(comment string) ([]byte, error) {
	var b bytes.Buffer
	if comment != "" {
		fmt.Fprintf(&b, "# %s\n", comment)
	}
	encoder := yaml.NewEncoder(&b)
	// Two blanks, as in the files that init writes.
	encoder.SetIndent(2)
	if err := encoder.Encode(map[string][]Draft{"exceptions": {d}}); err != nil {
		return nil, fmt.Errorf("write exception: %w", err)
	}
	return b.Bytes(), encoder.Close()
}
