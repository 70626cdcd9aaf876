#!/bin/sh
# A purchase from beginning to end over REST, with nothing but curl.
#
#     npm start                          # in another terminal
#     sh examples/story.sh [URL]         # of the instance; http://localhost:8000 unless given
set -eu

api="${1:-http://localhost:8000}/api"
stamp=$(date +%s)-$$ # names are unique, so that the story can be told more than once
headers=$(mktemp)
body=$(mktemp)
trap 'rm -f "$headers" "$body"' EXIT

# call STATUS METHOD PATH [curl arguments...]: sends the request and insists on the status.
call() {
  expected=$1 method=$2 path=$3
  shift 3
  status=$(curl --silent --show-error --request "$method" --dump-header "$headers" --output "$body" \
    --write-out '%{http_code}' --header 'Content-Type: application/json' "$@" "$api$path")
  printf '%s %s -> %s\n' "$method" "$path" "$status"
  if [ "$status" != "$expected" ]; then
    echo "expected $expected, got $status:" >&2
    cat "$body" >&2
    exit 1
  fi
}

# header NAME: its value in the last answer, in whatever case the server writes the name.
header() {
  tr -d '\r' <"$headers" | grep -i "^$1:" | sed 's/^[^:]*: *//' | grep . || {
    echo "the answer has no header $1" >&2
    return 1
  }
}

# id: of what the last call made; Location names it.
id() {
  location=$(header Location) || return 1
  echo "${location##*/}"
}

# holds TEXT: insists that the last answer says it.
holds() {
  grep -qF "$1" "$body" || {
    echo "expected $1 in:" >&2
    cat "$body" >&2
    return 1
  }
}

call 201 POST /retailers --data "{\"name\": \"Corner Shop $stamp\"}"
retailer=$(id)

call 201 POST /brands --data "{\"name\": \"Lumen $stamp\"}"
brand=$(id)

# Money is a decimal string, and the warranty is made in the same breath.
call 201 POST /purchases --data "{
  \"product_name\": \"Desk lamp $stamp\",
  \"price\": \"49.90\",
  \"currency_code\": \"EUR\",
  \"purchase_date\": \"2026-01-31\",
  \"retailer_id\": \"$retailer\",
  \"brand_id\": \"$brand\",
  \"tags\": [\"home office\"],
  \"warranty\": { \"warranty_start\": \"2026-01-31\", \"warranty_end\": \"2029-01-31\" }
}"
purchase=$(id)

# Found by its brand, in any case.
call 200 GET "/purchases?limit=5&search=LUMEN%20$stamp"
holds "$purchase"

# An edit says which version it has seen.
call 200 GET "/purchases/$purchase"
etag=$(header ETag)
call 200 PUT "/purchases/$purchase" --header "If-Match: $etag" --data '{"price": "44.90"}'

# Whoever still holds the old version is told so, and nothing is overwritten.
call 412 PUT "/purchases/$purchase" --header "If-Match: $etag" --data '{"price": "1.00"}'
call 200 GET "/purchases/$purchase"
holds '"price":"44.90"'

# A retailer in use stays; without its purchase it may go.
call 409 DELETE "/retailers/$retailer"
call 204 DELETE "/purchases/$purchase"
call 404 GET "/purchases/$purchase"
call 204 DELETE "/retailers/$retailer"
call 204 DELETE "/brands/$brand"

echo 'The story is told.'
