// The thinnest server before the PostgreSQL function that we know how to write: Go's own HTTP
// server, and as much of PostgreSQL's protocol as one prepared statement takes. Nothing from outside
// Go's standard library. It listens on GUILDHALL_API_PORT, speaks to where libpq's variables say, and
// is given the statement's file and how many connections to hold. No token is looked at.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

const (
	protocolVersion = 3 << 16 // 3.0
	authenticated   = 0
	asksPassword    = 3 // in clear: it does not leave the machine
	statement       = "trade"
)

// order is what is asked for: what each side gives.
type order struct {
	Player1 side `json:"player_1"`
	Player2 side `json:"player_2"`
}

type side struct {
	PlayerID int64  `json:"player_id"`
	Gold     int64  `json:"gold"`
	Items    []line `json:"items"`
}

type line struct {
	ItemID   int64 `json:"item_id"`
	Quantity int64 `json:"quantity"`
}

// legs are three arrays of one length, as PostgreSQL reads them.
type legs struct{ isFrom1, itemIDs, quantities []byte }

func (l *legs) add(isFrom1, itemID string, quantity int64) {
	before := byte(',')
	if len(l.isFrom1) == 0 {
		before = '{'
	}
	l.isFrom1 = append(append(l.isFrom1, before), isFrom1...)
	l.itemIDs = append(append(l.itemIDs, before), itemID...)
	l.quantities = strconv.AppendInt(append(l.quantities, before), quantity, 10)
}

// addSide writes the gold first, then the items by rising id; lines of one item are added up.
func (l *legs) addSide(isFrom1 string, given side) {
	if given.Gold > 0 {
		l.add(isFrom1, "null", given.Gold)
	}
	slices.SortFunc(given.Items, func(a, b line) int { return int(a.ItemID - b.ItemID) })
	for at := 0; at < len(given.Items); {
		sum, item := int64(0), given.Items[at].ItemID
		for ; at < len(given.Items) && given.Items[at].ItemID == item; at++ {
			sum += given.Items[at].Quantity
		}
		l.add(isFrom1, strconv.FormatInt(item, 10), sum)
	}
}

func array(elements []byte) []byte {
	if len(elements) == 0 {
		return []byte("{}")
	}
	return append(elements, '}')
}

// newID returns a UUIDv7 (RFC 9562, 5.7).
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[6:]) // never fails: see crypto/rand
	milliseconds := uint64(time.Now().UnixMilli())
	binary.BigEndian.PutUint32(id[:], uint32(milliseconds>>16))
	binary.BigEndian.PutUint16(id[4:], uint16(milliseconds))
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// connection speaks PostgreSQL's protocol 3.0 (PostgreSQL 15, chapter 55), one call at a time.
type connection struct {
	socket net.Conn
	reader *bufio.Reader
	out    []byte
}

func connect(call string) (*connection, error) {
	socket, err := net.Dial("tcp", net.JoinHostPort(os.Getenv("PGHOST"), os.Getenv("PGPORT")))
	if err != nil {
		return nil, err
	}
	c := &connection{socket: socket, reader: bufio.NewReader(socket)}
	hello := binary.BigEndian.AppendUint32(nil, protocolVersion)
	for _, word := range []string{
		"user", os.Getenv("PGUSER"), "database", os.Getenv("PGDATABASE"), "",
	} {
		hello = append(append(hello, word...), 0)
	}
	c.out = append(binary.BigEndian.AppendUint32(c.out, uint32(len(hello)+4)), hello...)
	if _, err := c.exchange(); err != nil {
		return nil, err
	}
	c.message('P', []byte(statement+"\x00"+call+"\x00\x00\x00"))
	c.message('S', nil)
	_, err = c.exchange()
	return c, err
}

// call executes the prepared statement and returns the only value of its only row.
func (c *connection) call(arguments ...[]byte) ([]byte, error) {
	bind := append([]byte("\x00"+statement+"\x00"), 0, 0) // all in text
	bind = binary.BigEndian.AppendUint16(bind, uint16(len(arguments)))
	for _, argument := range arguments {
		bind = append(binary.BigEndian.AppendUint32(bind, uint32(len(argument))), argument...)
	}
	c.message('B', append(bind, 0, 0))
	c.message('E', []byte{0, 0, 0, 0, 0}) // the unnamed portal, all rows
	c.message('S', nil)
	return c.exchange()
}

func (c *connection) message(kind byte, body []byte) {
	c.out = binary.BigEndian.AppendUint32(append(c.out, kind), uint32(len(body)+4))
	c.out = append(c.out, body...)
}

// exchange sends what is written and reads until PostgreSQL is ready for more.
func (c *connection) exchange() (value []byte, failure error) {
	if _, err := c.socket.Write(c.out); err != nil {
		return nil, err
	}
	c.out = c.out[:0]
	for {
		var head [5]byte
		if _, err := io.ReadFull(c.reader, head[:]); err != nil {
			return nil, err
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(c.reader, body); err != nil {
			return nil, err
		}
		switch head[0] {
		case 'R':
			switch binary.BigEndian.Uint32(body) {
			case authenticated:
			case asksPassword:
				c.message('p', []byte(os.Getenv("PGPASSWORD")+"\x00"))
				return c.exchange()
			default:
				return nil, errors.New("PostgreSQL asks for a password in a way that is not known here")
			}
		case 'D': // the number of columns, then the length and the bytes of each
			value = body[6:]
		case 'E':
			failure = errors.New(string(bytes.ReplaceAll(body, []byte{0}, []byte(" "))))
		case 'Z':
			return value, failure
		}
	}
}

// front answers POST /v1/trades.
type front struct{ idle chan *connection }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // who asked is gone
	}
	var asked order
	if err := json.Unmarshal(body, &asked); err != nil {
		answer(w, http.StatusBadRequest, []byte(`{"reason": "malformed"}`))
		return
	}
	var given legs
	given.addSide("t", asked.Player1)
	given.addSide("f", asked.Player2)
	tradeID := newID()
	c := <-f.idle
	told, err := c.call(
		[]byte(tradeID),
		strconv.AppendInt(nil, asked.Player1.PlayerID, 10),
		strconv.AppendInt(nil, asked.Player2.PlayerID, 10),
		array(given.isFrom1), array(given.itemIDs), array(given.quantities),
	)
	f.idle <- c
	switch {
	case err != nil:
		log.Print(err)
		answer(w, http.StatusInternalServerError, []byte(`{"reason": "internal"}`))
	case bytes.HasPrefix(told, []byte(`{"reason" : "unknown_`)):
		answer(w, http.StatusNotFound, told)
	case bytes.HasPrefix(told, []byte(`{"reason"`)):
		answer(w, http.StatusConflict, told)
	default:
		answer(w, http.StatusCreated, told)
	}
}

func answer(w http.ResponseWriter, status int, body []byte) {
	kind := "application/json"
	if status != http.StatusCreated {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body) // who asked may be gone
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: front STATEMENT_FILE CONNECTIONS")
	}
	call, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	f := &front{idle: make(chan *connection, count)}
	for range count {
		c, err := connect(string(call))
		if err != nil {
			log.Fatal(err)
		}
		f.idle <- c
	}
	routes := http.NewServeMux()
	routes.Handle("POST /v1/trades", f)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("GUILDHALL_API_PORT"), routes))
}
