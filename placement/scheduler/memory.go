package scheduler

// memory is what a state remembers of pods that found no room, as long as nothing that
// matters to them has changed.
type memory struct {
	// version counts the changes, and refused has by class the version at which no node
	// took a pod of it: until something changes, none takes another one.
	version uint64
	refused []uint64
	// since is the version of the last change of each node, and tried what evictions there
	// cost for a class.
	since []uint64
	tried map[trial]cost
}

// trial is a class of pods for which others would be evicted from a node, and cost what
// that came to at a version of the node.
type trial struct{ class, node int }

type cost struct {
	since uint64
	victims
	found bool
}

// changed says that pods came to a node, or left it.
func (m *memory) changed(node int) {
	m.version++
	m.since[node] = m.version
}

// forget is for a state that was made like another one.
func (m *memory) forget() {
	clear(m.tried)
	m.version++
}

// refuse says that no node takes pods of a class as things are.
func (m *memory) refuse(c *class) { m.refused[c.id] = m.version }

// refuses reports whether no node took a pod of one of so many classes, and nothing has
// changed since.
func (m *memory) refuses(c *class, classes int) bool {
	if len(m.refused) < classes {
		m.refused = append(m.refused, make([]uint64, classes-len(m.refused))...)
	}
	return m.refused[c.id] == m.version
}
