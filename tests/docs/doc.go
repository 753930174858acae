// Package docs tests the pages of the repository: a link that leads nowhere is a failure,
// and so is a reference to an image that the preset for Renovate does not find.
package docs
