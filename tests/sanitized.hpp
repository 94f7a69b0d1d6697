#pragma once

// Whether this is compiled under a sanitizer that brings signal handlers and an allocator.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define XYLEM_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define XYLEM_IS_SANITIZED 1
#endif
#endif
#if !defined(XYLEM_IS_SANITIZED)
#define XYLEM_IS_SANITIZED 0
#endif
