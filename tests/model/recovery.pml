/* ---- A kill, and what is found. -------------------------------------------------------------- */

hidden byte e_ring, e_at, e_line, e_behind, e_from, e_batch, e_sink;

/* The number of the batch behind which records may not be in the sink's file. */
inline find_batch(s) {
  e_batch = memory[WRITTEN(s)];
#if MUTANT != recovery_ignores_first
  if
  :: memory[FIRST_BATCH] > e_batch + 1 -> e_batch = memory[FIRST_BATCH] - 1
  :: else
  fi
#endif
}

inline find_start(q) {
  e_at = memory[TAIL(q)];
#if MUTANT != recovery_from_tail
  if
  :: memory[END(q, e_batch)] > e_at || MUTANT == recovery_ignores_tail ->
    e_at = memory[END(q, e_batch)]
  :: else
  fi
#endif
}

/* Looks for the line of the record at `e_at` from `e_line` on. */
inline find_line(s, q) {
  e_from = e_line;
  do
  :: e_line < in_file[s] + (MUTANT == recovery_takes_half -> half[s] : 0) &&
      !(line_ring[e_line] == q && goes_to(s, line_at[e_line]) &&
        looks(line_at[e_line]) == looks(e_at)) -> e_line++
  :: else -> break
  od;
  if
  :: e_line < in_file[s] + (MUTANT == recovery_takes_half -> half[s] : 0) ->
    e_behind = e_at + 1;
#if MUTANT == recovery_finds_twice
    e_line = e_from
#else
    e_line++
#endif
  :: else -> e_line = e_from
  fi
}

/* Lost: a record whose line is in no file and is not written again. Doubled: one that is in the
 * file and is written again. Torn: one that is not what its thread wrote. */
inline recover(s, q) {
  find_batch(s);
  find_start(q);
  e_behind = e_at;
#if MUTANT == recovery_before_place
  e_line = 0;
#else
  e_line = memory[PLACE(s, memory[WRITTEN(s)])];
#endif
  do
  :: e_at < memory[HEAD(q)] ->
    assert(memory[SLOT(q, e_at)] == RECORD(memory[THREAD(q)], e_at));
#if MUTANT != recovery_trusts_written
    if
    :: goes_to(s, e_at) -> find_line(s, q)
    :: else
    fi;
#endif
    e_at++
  :: else -> break
  od;
  e_at = 0;
  do
  :: e_at < memory[HEAD(q)] ->
    if
    :: goes_to(s, e_at) -> assert((e_at < e_behind) == (e_at < in_file_of[s * RINGS + q]))
    :: else
    fi;
    e_at++
  :: else -> break
  od
}

/* Looks at what a kill would leave, and changes nothing: so every state is looked at. */
proctype killer() {
end:
  do
  :: d_step {
      e_sink = 0;
      do
      :: e_sink < SINKS ->
        e_ring = 0;
        do
        :: e_ring < RINGS -> recover(e_sink, e_ring); e_ring++
        :: else -> break
        od;
        e_sink++
      :: else -> break
      od
    }
  od
}
