package change

// Kinds are those of the table.
func Kinds() []string {
	var out []string
	for _, r := range rules() {
		out = append(out, r.kinds...)
	}
	return out
}
