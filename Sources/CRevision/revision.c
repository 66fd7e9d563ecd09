#include "revision.h"

// Package.swift takes it from the environment of the build.
#ifndef PINGLINK_REVISION
#define PINGLINK_REVISION ""
#endif

const char *pinglink_revision(void) { return PINGLINK_REVISION; }
