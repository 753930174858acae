package model

// Secrets mirrors #Secrets.
type Secrets struct {
	Age        []string          `json:"age,omitempty"`
	Decryption string            `json:"decryption,omitempty"`
	Outside    map[string]string `json:"outside,omitempty"`
}
