/* ---- A sink. --------------------------------------------------------------------------------- */

/* One write(2), which a kill may end between any two bytes; a line here has two. */
inline write_lines(actor, s, upto) {
  do
  :: d_step { in_file[s] < upto && !goes_to(s, line_at[in_file[s]]) -> in_file[s]++ }
  :: atomic { in_file[s] < upto && goes_to(s, line_at[in_file[s]]) && system_call(actor) ->
      half[s] = true };
    d_step {
      half[s] = false;
      in_file_of[s * RINGS + line_ring[in_file[s]]] = line_at[in_file[s]] + 1;
      in_file[s]++
    }
  :: in_file[s] >= upto -> break
  od
}

inline write_batch(actor, s, b, upto) {
#if MUTANT == written_before_write
  store(actor, WRITTEN(s), b, RELEASE);
#endif
  write_lines(actor, s, upto);
#if MUTANT == place_after_written
  store(actor, WRITTEN(s), b, RELEASE);
#endif
  store(actor, PLACE(s, b), in_file[s], RELAXED);
#if MUTANT != written_before_write && MUTANT != place_after_written
  store(actor, WRITTEN(s), b, ORDER(written_relaxed))
#endif
}

/* sink::Worker: the first sink's thread. That `done` and `wanted` are sequentially consistent is
 * more than this takes: an old `wanted` has been reached, so it costs a wake-up too many. */
inline tell_done() {
#if MUTANT == woken_before_done
  wake_consumer();
  store(WRITER, DONE, turn, ORDER(done_relaxed))
#else
  store(WRITER, DONE, turn, ORDER(done_relaxed));
  wake_consumer()
#endif
}

inline wake_consumer() {
  if
  :: turn >= memory[WANTED] + (MUTANT == woken_too_late -> 1 : 0) ->
    atomic { system_call(WRITER) -> consumer_waits = false }
  :: else
  fi
}

proctype writer() {
  byte turn, upto;
end:
  do
#if MUTANT == posted_loaded_late
  :: turn < LINES -> upto = memory[BATCH(turn + 1)];
    memory[POSTED] > turn;
    turn++;
#else
  :: memory[POSTED] > turn ->
    turn++;
    upto = memory[BATCH(turn)];
#endif
    write_batch(WRITER, 0, turn, upto);
    upto = 0;
    tell_done()
  od
}
