package gate

// Demands are the parameters of which a shorter list is weaker.
func Demands() []string { return demands() }
