package model

// Notification mirrors #Notification.
type Notification struct {
	Type     string `json:"type,omitempty"`
	Address  string `json:"address,omitempty"`
	Channel  string `json:"channel,omitempty"`
	Secret   string `json:"secret,omitempty"`
	Severity string `json:"severity,omitempty"`
}
