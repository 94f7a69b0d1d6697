/* ---- The consumer. --------------------------------------------------------------------------- */

#define has_done(batch) (MUTANT == done_unasked || memory[DONE] >= batch)

/* Worker::wait_until(), for all that were posted. */
inline wait_for_writer() {
  store(CONSUMER, WANTED, next - 1, RELAXED);
  upto = memory[DONE];
  do
  :: upto < next - 1 ->
    atomic { system_call(CONSUMER) -> consumer_waits = (memory[DONE] == upto) };
    !consumer_waits;
    upto = memory[DONE]
  :: else -> break
  od;
  upto = 0
}

/* The lines rendered so far are batch `next`. */
inline hand_over() {
#if MUTANT != ends_after_hand_over
  end_batch();
#endif
  store(CONSUMER, BATCH(next), lines, RELAXED);
  store(CONSUMER, POSTED, next, ORDER(posted_relaxed));
#if SINKS > 1
  write_second_sink();
#endif
#if MUTANT == ends_after_hand_over
  end_batch();
#endif
  handed = lines;
  next++
}

inline end_batch() {
  r = 0;
  do
  :: r < RINGS ->
    d_step { ends[r * ENDS + next % ENDS] = read[r] };
    if
    :: has_reader[r] -> store(CONSUMER, END(r, next), read[r], RELAXED)
    :: else
    fi;
    r++
  :: else -> r = 0; break
  od
}

/* It has no thread: the consumer writes what there is for it, if there is any. */
inline write_second_sink() {
  d_step {
    upto = in_file[1];
    do
    :: upto < lines && !goes_to(1, line_at[upto]) -> upto++
    :: else -> break
    od
  };
  if
  :: upto < lines ->
    upto = 0;
#if MUTANT != place_in_use
    catch_up();
#endif
    write_batch(CONSUMER, 1, next, lines);
    last_written = next
  :: else -> upto = 0
  fi
}

/* A sink that had nothing to write is behind by some numbers. Where the new one would go into the
 * place that is in use, it takes the number in between first: nothing is written before that. */
inline catch_up() {
  if
  :: (next - last_written) % 2 == 0 ->
    store(CONSUMER, PLACE(1, next - 1), in_file[1], RELAXED);
    store(CONSUMER, WRITTEN(1), next - 1, RELEASE)
  :: else
  fi
}

/* The oldest batch is in the kernel's hands, at every sink. */
inline release_batch() {
  first++;
#if MUTANT != no_first_batch
  store(CONSUMER, FIRST_BATCH, first, RELAXED);
#endif
  r = 0;
  do
  :: r < RINGS ->
    release_slots(ends[r * ENDS + (first - 1) % ENDS]);
    r++
  :: else -> r = 0; break
  od
}

inline release_slots(upto_slot) {
  if
  :: !has_reader[r] || released[r] >= upto_slot
  :: else ->
    released[r] = upto_slot;
#if MUTANT == waiting_loaded_first
    is_waiting = memory[WAITING(r)];
#endif
    store(CONSUMER, TAIL(r), released[r], RELEASE);
#if MUTANT != tail_released
    is_drained(CONSUMER);
#endif
#if MUTANT != waiting_loaded_first
    is_waiting = memory[WAITING(r)];
#endif
    if
    :: is_waiting && MUTANT != no_wake &&
        (polled[r] - released[r] <= SLOTS / 2 || released[r] == read[r]) ->
#if MUTANT != waiting_reset_after_wake
      store(CONSUMER, WAITING(r), 0, RELAXED);
#endif
      atomic { system_call(CONSUMER) -> asleep[r] = false };
#if MUTANT == waiting_reset_after_wake
      store(CONSUMER, WAITING(r), 0, RELAXED);
#endif
    :: else
    fi;
    is_waiting = false
  fi
}

/* The line "so many dropped": those that no line told before. */
inline tell_drops(sum) {
  assert(told[r] <= sum);
  announced[r] = announced[r] + sum - told[r];
  assert(announced[r] <= sum);
#if MUTANT != told_not_kept
  told[r] = sum
#endif
}

/* Renders the front record of ring `r`. What it reads is whole, its own, and in its place. */
inline render(what) {
  d_step {
    if
    :: what >= NOTE -> tell_drops(what - NOTE)
    :: else ->
      assert(what == RECORD(memory[THREAD(r)], read[r]));
#if SCENARIO == drop
      assert(announced[r] == dropped_before[read[r]]);
#endif
      line_ring[lines] = r;
      line_at[lines] = read[r];
      lines++
    fi;
    read[r]++
  }
}

/* Drops behind which nothing was logged. */
inline tell_silent_drops() {
#if MUTANT == dropped_after_poll
  polled[r] = memory[HEAD(r)];
  upto = memory[DROPPED(r)];
#else
  upto = memory[DROPPED(r)];
  polled[r] = memory[HEAD(r)];
#endif
  if
  :: MUTANT == told_unless_empty || read[r] == polled[r] -> d_step { tell_drops(upto) }
  :: else
  fi;
  upto = 0
}

/* Gives the ring to the next thread once its own has ended. */
inline retire_finished() {
#if MUTANT == closed_loaded_late
  polled[r] = memory[HEAD(r)];
  is_closed = memory[CLOSED(r)];
#else
  is_closed = memory[CLOSED(r)];
  polled[r] = memory[HEAD(r)];
#endif
  if
  :: is_closed && (read[r] == polled[r] || MUTANT == finished_when_closed) &&
      (released[r] == read[r] || MUTANT == finished_when_closed || MUTANT == finished_when_read) &&
      (memory[DROPPED(r)] == told[r] || MUTANT == finished_untold) ->
    has_reader[r] = false;
    atomic { is_drained(CONSUMER) -> free_rings ! r }
  :: else
  fi;
  is_closed = false
}

inline take_ring_of(q) {
  d_step {
    has_reader[q] = true;
    read[q] = released[q];
    polled[q] = released[q]
  }
}

/* drain_all(): what is in the rings once the command is there has to be written first. */
inline begin_flush() {
#if MUTANT == flush_marks_before
  set_marks();
#endif
  commands ? whose;
#if MUTANT != flush_misses_rings
  do
  :: new_rings ? r -> take_ring_of(r)
  :: empty(new_rings) -> break
  od;
  r = 0;
#endif
#if MUTANT != flush_marks_before
  set_marks();
#endif
  is_flushing = true
}

inline set_marks() {
  r = 0;
  do
  :: r < RINGS ->
    if
#if MUTANT == flush_marks_seen
    :: has_reader[r] -> mark[r] = polled[r]
#else
    :: has_reader[r] -> mark[r] = memory[HEAD(r)]
#endif
    :: else
    fi;
    r++
  :: else -> r = 0; break
  od
}

#define has_passed_marks (read[0] >= mark[0] && read[RINGS - 1] >= mark[RINGS - 1])
#define all_is_written \
  (MUTANT == flush_when_rendered || (handed == lines && first == next))

inline sleep_for_command() {
#if MUTANT != wakes_read_late
  upto = wakes;
#endif
  if
  :: nempty(commands) && MUTANT != no_look_for_commands
  :: empty(commands) || MUTANT == no_look_for_commands ->
#if MUTANT == wakes_read_late
    upto = wakes;
#endif
    atomic { consumer_sleeps = (wakes == upto) };
end_sleep:
    !consumer_sleeps
  fi;
  upto = 0
}

/* A look at ring `q`. */
#if MUTANT == poll_relaxed
#define POLL(q) \
  :: has_reader[q] && read[q] == polled[q] -> \
    what = memory[SLOT(q, read[q])]; \
    polled[q] = memory[HEAD(q)]; \
    r = q; \
    if \
    :: read[q] != polled[q] -> render(what) \
    :: else \
    fi; \
    what = 0; \
    r = 0
#else
#define POLL(q) \
  :: d_step { has_reader[q] && polled[q] != memory[HEAD(q)] -> polled[q] = memory[HEAD(q)] }
#endif
#define may_be_closed(q) (memory[CLOSED(q)] == 1 || MUTANT == closed_loaded_late)
#define LOOK_AT(q) \
  POLL(q) \
  :: has_reader[q] && read[q] != polled[q] -> \
    d_step { r = q; what = memory[SLOT(q, read[q])] }; \
    render(what); \
    d_step { r = 0; what = 0 } \
  :: has_reader[q] && memory[DROPPED(q)] != told[q] -> r = q; tell_silent_drops(); r = 0 \
  :: has_reader[q] && may_be_closed(q) -> r = q; retire_finished(); r = 0

proctype consumer() {
  bool has_reader[RINGS], is_waiting, is_closed, is_flushing;
  byte read[RINGS], polled[RINGS], released[RINGS], mark[RINGS];
  byte told[RINGS], announced[RINGS];
  byte ends[RINGS * ENDS];
  byte first = 1, next = 1, handed, last_written, r, upto, what, whose;
end:
  do
  :: new_rings ? r -> take_ring_of(r); r = 0
  LOOK_AT(0)
#if RINGS > 1
  LOOK_AT(1)
#endif
  :: handed < lines && next - first < OPEN -> hand_over()
  :: next - first == OPEN || (is_flushing && first != next) -> wait_for_writer()
  :: first != next && has_done(first) -> release_batch()
#if MUTANT == tail_when_rendered
  :: has_reader[0] && released[0] != read[0] -> release_slots(read[0])
#endif
#if SCENARIO == flush
  :: nempty(commands) && !is_flushing -> begin_flush()
  :: is_flushing && has_passed_marks && all_is_written ->
    d_step { replied[whose] = true; whose = 0; is_flushing = false }
  :: !is_flushing && handed == lines -> sleep_for_command()
#endif
  od
}
