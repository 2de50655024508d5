// A Go program that allocates on command and counts its own collections: the ground truth of the tests of Go.
// Commands come line by line on stdin, every one is answered by one line; the program ends at EOF. Its first line is "ready" and the
// port on 127.0.0.1 where it serves pprof, 0 unless GOPROBE_PPROF is set.
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

var kept [][]byte

func main() {
	port := 0
	if os.Getenv("GOPROBE_PPROF") != "" {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Println("no port:", err)
			os.Exit(1)
		}
		port = listener.Addr().(*net.TCPAddr).Port
		go func() { _ = http.Serve(listener, nil) }()
	}
	fmt.Println("ready", port)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 2 && words[0] == "churn":
			churn(number(words[1]))
			fmt.Println("done")
		case len(words) == 2 && words[0] == "collect":
			for i := number(words[1]); i > 0; i-- {
				runtime.GC()
			}
			fmt.Println("done")
		case len(words) == 2 && words[0] == "say":
			// What a program's own log looks like between the runtime's lines.
			fmt.Fprintln(os.Stderr, words[1])
			fmt.Println("done")
		case len(words) == 2 && words[0] == "plant":
			for i := number(words[1]); i > 0; i-- {
				plantBuffer(4096)
				plantRecord()
				plantVariable()
				plantBox(boxed{})
				plantGrowth(200)
				plantStay(i)
			}
			fmt.Println("done")
		case len(words) == 2 && words[0] == "park":
			park(number(words[1]))
			fmt.Println("done")
		case len(words) == 2 && words[0] == "listen":
			// A socket as a runtime has one that is inside a single file.
			if _, err := net.Listen("unix", words[1]); err != nil {
				fmt.Println(err)
				break
			}
			fmt.Println("done")
		case len(words) == 1 && words[0] == "counts":
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			fmt.Println(stats.NumGC, stats.PauseTotalNs, stats.NumForcedGC, stats.TotalAlloc)
		default:
			fmt.Println("unknown command:", lines.Text())
		}
	}
	runtime.KeepAlive(kept)
}

func number(word string) int {
	value, _ := strconv.Atoi(word)
	return value
}

// Lines that allocate a known number of bytes each time, behind the mark; the last function allocates nothing.
var (
	buffer  []byte
	planted *record
	closure func() byte
	box     interface{}
	length  int
)

type record struct{ bytes [1024]byte }

type boxed struct{ bytes [256]byte }

//go:noinline
func plantBuffer(size int) {
	buffer = make([]byte, size) // planted 4096
}

//go:noinline
func plantRecord() {
	planted = &record{} // planted 1024
}

//go:noinline
func plantVariable() {
	var room [512]byte // planted 512
	closure = func() byte {
		room[0]++
		return room[0]
	}
}

//go:noinline
func plantBox(value boxed) {
	box = value // planted 256
}

// The first 8 numbers stay on the stack; then 16, 32, 64, 128 and 256 of 8 bytes are made.
//
//go:noinline
func plantGrowth(count int) {
	numbers := make([]int, 0, 8)
	for i := 0; i < count; i++ {
		numbers = append(numbers, i) // planted 3968
	}
	length = len(numbers)
}

//go:noinline
func plantStay(value int) {
	stays := &record{}
	stays.bytes[value%1024] = 1
	length = int(stays.bytes[0])
}

var (
	never   = make(chan int)
	neither = make(chan int)
	gate    sync.Mutex
)

// As many goroutines wait for a message, for a lock and for one of two messages. Returns when all of them wait.
func park(count int) {
	gate.TryLock()
	var begun sync.WaitGroup
	begun.Add(3 * count)
	for i := 0; i < count; i++ {
		go parkReceive(&begun)
		go parkLock(&begun)
		go parkSelect(&begun)
	}
	begun.Wait()
	stacks := make([]byte, 16<<20)
	for strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "[runnable") {
		runtime.Gosched()
	}
}

//go:noinline
func parkReceive(begun *sync.WaitGroup) {
	begun.Done()
	<-never
}

//go:noinline
func parkLock(begun *sync.WaitGroup) {
	begun.Done()
	gate.Lock()
}

//go:noinline
func parkSelect(begun *sync.WaitGroup) {
	begun.Done()
	select {
	case <-never:
	case <-neither:
	}
}

// Short-lived objects, and a live set of some 20 MB that changes slowly.
func churn(megabytes int) {
	seed := uint32(12345)
	for remaining := megabytes * 1_000_000; remaining > 0; {
		seed = seed*1664525 + 1013904223
		block := make([]byte, 64+int(seed>>8)%8000)
		remaining -= len(block)
		if seed%40 != 0 {
			continue
		}
		if len(kept) < 5000 {
			kept = append(kept, block)
		} else {
			kept[int(seed>>4)%len(kept)] = block
		}
	}
}
