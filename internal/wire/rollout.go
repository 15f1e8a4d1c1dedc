package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Rollout is the table of rings through which a change travels. Devices and users differ where people share machines
// or have several.
type Rollout struct {
	By    string `json:"by"`    // device or user: what is hashed
	Rings []Ring `json:"rings"` // percentages rise
}

// Ring is one step of a rollout. The last ring need not reach 100: a rollout may stop halfway for a while.
type Ring struct {
	Name    string  `json:"name"`
	Percent float64 `json:"percent"` // share of the fleet that this ring and the ones before it reach together
}

// RingDate is from when on a policy is enforced in one ring.
type RingDate struct {
	Ring string    `json:"ring"`
	From time.Time `json:"from"`
}

// places is into how many places the hash divides a fleet: hundredths of a percent.
const places = 10_000

// RingPlace returns the place of a device or user, 0 to 9999: the first eight bytes, big-endian, of SHA-256("policygen ring\n" + id),
// modulo 10,000. It depends on nothing else, so that whoever is in the first 10 percent is also in the first 50.
func RingPlace(id string) int {
	sum := sha256.Sum256([]byte("policygen ring\n" + id))
	return int(binary.BigEndian.Uint64(sum[:8]) % places)
}

// Ring returns the first ring that reaches a device or user, and false for one that no ring reaches yet. The bound is
// not reached itself: 10 percent are the places 0 to 999.
func (r Rollout) Ring(id string) (Ring, bool) {
	place := float64(RingPlace(id))
	for _, ring := range r.Rings {
		if place < ring.Percent*places/100 {
			return ring, true
		}
	}
	return Ring{}, false
}

// Rest returns the name of the last ring where it reaches everybody, and "" where some are in no ring: the ring of all whom no other ring
// reaches. A nil rollout has none.
func (r *Rollout) Rest() string {
	if r == nil || len(r.Rings) == 0 || r.Rings[len(r.Rings)-1].Percent < 100 {
		return ""
	}
	return r.Rings[len(r.Rings)-1].Name
}
