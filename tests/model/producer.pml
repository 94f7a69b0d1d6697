/* ---- A thread that logs. --------------------------------------------------------------------- */

inline take_ring() {
  free_rings ? r;
  head = memory[HEAD(r)];
  limit = memory[TAIL(r)] + SLOTS;
  dropped = memory[DROPPED(r)];
#if MUTANT != closed_cleared_late
  store(me, CLOSED(r), 0, RELAXED);
#endif
#if MUTANT != thread_told_late
  store(me, THREAD(r), me, RELAXED);
#endif
  atomic { is_drained(me) -> new_rings ! r };
#if MUTANT == closed_cleared_late
  store(me, CLOSED(r), 0, RELAXED)
#endif
}

inline look_for_room() {
  limit = memory[TAIL(r)] + SLOTS + (MUTANT == room_of_one_more -> 1 : 0)
}

inline sleep_for_room() {
  /* futex(2) compares and falls asleep in one, and is a barrier. */
  atomic { system_call(me) -> asleep[r] = (memory[WAITING(r)] == 1) };
  !asleep[r]
}

inline wait_for_room() {
  do
  :: look_for_room();
    if
    :: head < limit -> break
    :: else
    fi;
#if MUTANT == tail_loaded_first
    limit = memory[TAIL(r)] + SLOTS;
#endif
    store(me, WAITING(r), 1, RELEASE);
#if MUTANT != waiting_released
    is_drained(me);
#endif
#if MUTANT == no_second_look
    limit = head;
#elif MUTANT != tail_loaded_first
    limit = memory[TAIL(r)] + SLOTS;
#endif
    if
    :: head < limit
    :: else -> sleep_for_room()
    fi
  od
}

inline write_slot(what) {
#if MUTANT == head_before_bytes
  store(me, HEAD(r), head + 1, RELEASE);
  store(me, SLOT(r, head), what, RELAXED);
#else
#if MUTANT != has_room_relaxed
  store(me, SLOT(r, head), what, RELAXED);
#endif
  store(me, HEAD(r), head + 1, ORDER(head_relaxed));
#endif
  head++
}

inline close_ring() {
  store(me, CLOSED(r), 1, ORDER(closed_relaxed))
}

/* A call in the mode that waits. */
inline log_or_wait() {
#if MUTANT == has_room_relaxed
  store(me, SLOT(r, head), RECORD(me, head), RELAXED);
#endif
  if
  :: head < limit
  :: else -> wait_for_room()
  fi;
  write_slot(RECORD(me, head))
}

/* A call in the mode that drops: room for the note as well, when there is something to note. */
inline log_or_drop() {
  if
  :: head + untold <= limit - 1
  :: else -> look_for_room()
  fi;
  if
  :: head + untold <= limit - 1 ->
    if
    :: untold > 0 ->
#if MUTANT != no_note
      write_slot(NOTE + dropped);
#endif
      untold = 0
    :: else
    fi;
    d_step { dropped_before[head] = dropped };
    write_slot(RECORD(me, head))
  :: else ->
    dropped++;
    store(me, DROPPED(r), dropped, ORDER(dropped_relaxed));
    untold = 1;
    limit = head
  fi
}

inline send_command() {
#if MUTANT == wake_before_command
  d_step { wakes++; consumer_sleeps = false };
  d_step { is_drained(me) -> commands ! me }
#else
  d_step { is_drained(me) -> commands ! me };
#if MUTANT == wake_uncounted
  consumer_sleeps = false
#else
  d_step { wakes++; consumer_sleeps = false }
#endif
#endif
}

/* All that this thread could see when it asked is in the kernel's hands when it is answered. */
inline flush_all() {
  d_step { is_drained(me) -> seen[0] = memory[HEAD(0)]; seen[1] = memory[HEAD(1)] };
  send_command();
  replied[me];
  d_step {
    assert(in_file_of[0] >= seen[0]);
    assert(in_file_of[1] >= seen[1]);
    seen[0] = 0;
    seen[1] = 0
  }
}

proctype producer(byte me) {
  byte r, head, limit, dropped, untold, i;
  byte seen[2];
#if SCENARIO == reuse || SCENARIO == retire || SCENARIO == drop
  /* One after the other: a second one that finds no free ring makes one, as in `rings`. */
  me == 0 || threads_done > 0;
#endif
  take_ring();
  do
  :: i < RECORDS ->
#if MUTANT == closed_before_last
    if
    :: i == RECORDS - 1 -> close_ring()
    :: else
    fi;
#endif
#if SCENARIO == drop
    log_or_drop();
#else
    log_or_wait();
#endif
#if MUTANT == thread_told_late
    store(me, THREAD(r), me, RELAXED);
#endif
    i++
  :: else -> break
  od;
#if SCENARIO == flush
  flush_all();
#endif
#if MUTANT != closed_before_last
  close_ring();
#endif
  threads_done++
}
