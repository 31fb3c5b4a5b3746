package main

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"
)

var devices = map[string][]string{
	"acme:ann": {"SN-1001", "SN-1002"},
	"acme:bob": {"SN-2001"},
}

// methods holds the methods. What one returns is the response.
var methods = map[string]func(*call) (any, error){
	"echo":         func(c *call) (any, error) { return c.params, nil },
	"sum":          sum,
	"slow":         slow,
	"fail":         fail,
	"devices.list": func(c *call) (any, error) { return append([]string{}, devices[c.user()]...), nil },
}

func methodNames() []string { return slices.Sorted(maps.Keys(methods)) }

func invalidParams(message string) error { return &rpcError{Code: -32602, Message: message} }

func sum(c *call) (any, error) {
	var terms []*float64 // null would pass for 0 without the pointers
	if json.Unmarshal(c.params, &terms) != nil || slices.Contains(terms, nil) {
		return nil, invalidParams("sum takes an array of numbers")
	}
	total := 0.0
	for _, term := range terms {
		total += *term
	}
	if math.IsInf(total, 0) { // JSON has no infinite number
		return nil, invalidParams("the sum is too large")
	}
	return total, nil
}

func slow(c *call) (any, error) {
	params := struct {
		Steps int
		Delay float64 // milliseconds
	}{5, 500}
	if c.params != nil && json.Unmarshal(c.params, &params) != nil || params.Steps < 0 || params.Delay < 0 || params.Delay > 1e9 {
		return nil, invalidParams("slow takes {steps, delay}, delay in milliseconds")
	}
	for step := 1; step <= params.Steps; step++ {
		if err := c.sleep(time.Duration(params.Delay * float64(time.Millisecond))); err != nil {
			return nil, err
		}
		if err := c.progress(step); err != nil {
			return nil, err
		}
	}
	return params.Steps, nil
}

func fail(c *call) (any, error) {
	failure := &rpcError{Code: 1, Message: "failed on request"}
	if c.params != nil && json.Unmarshal(c.params, failure) != nil {
		return nil, invalidParams("fail takes {code, message, data}")
	}
	return nil, failure
}
