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
	steps, delay := int64(5), 500.0 // milliseconds
	sound := c.members(map[string]any{"steps": &steps, "delay": &delay})
	if !sound || steps < 0 || steps > math.MaxInt32 || delay < 0 || delay > 1e9 {
		return nil, invalidParams("slow takes {steps, delay}, delay in milliseconds")
	}
	for step := int64(1); step <= steps; step++ {
		if err := c.sleep(time.Duration(delay * float64(time.Millisecond))); err != nil {
			return nil, err
		}
		if err := c.progress(step); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

func fail(c *call) (any, error) {
	failure := &rpcError{Code: 1, Message: "failed on request"}
	if !c.members(map[string]any{"code": &failure.Code, "message": &failure.Message, "data": &failure.Data}) {
		return nil, invalidParams("fail takes {code, message, data}")
	}
	return nil, failure
}

// members reads what is there of the parameters, and tells whether they are an object, or nothing, and these of the right types.
func (c *call) members(targets map[string]any) bool {
	var given map[string]json.RawMessage
	if c.params != nil && json.Unmarshal(c.params, &given) != nil {
		return false
	}
	for name, target := range targets {
		_, isAny := target.(*json.RawMessage)
		value, exists := given[name]
		if exists && (string(value) == "null" && !isAny || json.Unmarshal(value, target) != nil) {
			return false
		}
	}
	return true
}
