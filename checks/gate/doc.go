// Package gate compares a branch with the one that it is to be merged into, and names
// each way in which it would let more pass: a pull request can change what judges it.
//
// Compared are evaluated declarations and finished objects, and never texts: CUE that
// was moved, renamed or written otherwise and means the same is no finding. What is
// new and stands for itself, such as an app with its own exemptions, is judged by the
// checks; told here is what loosens what was there.
//
// What is found cannot be suppressed by the CUE that it is about.
package gate
