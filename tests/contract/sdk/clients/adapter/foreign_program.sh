#!/bin/sh
# A program with cases of its own, for the adapter: two good ones, one that fails and one that dies.
case "$1 $2" in
  "--list ") printf 'fast\nslow<int>/8\nfails\ndies\n' ;;
  "--run fast") printf 'time_ns 120\nhits 7\n' ;;
  "--run slow<int>/8") printf 'time_ns 98000\n' ;;
  "--run fails") exit 3 ;;
  "--run dies") kill -ABRT $$ ;;
  *) exit 64 ;;
esac
