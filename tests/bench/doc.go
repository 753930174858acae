// Command bench measures what rendering costs, on generated clusters of 10,
// 100, 500 and 1 000 apps that are as varied as those of clusters/turingpi: CPU
// time by stage, and peak memory. It runs from the repository's root and fails
// when it cannot run, never for what it measures (docs/performance.md).
//
//	go run ./tests/bench [-runs N] [-sizes 10,100] [-profile DIR]
package main
