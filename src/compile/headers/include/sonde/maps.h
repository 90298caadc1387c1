// BCC's map macros as plain C; map_kinds.h says how.
#pragma once
#pragma clang system_header
#include <sonde/map_tables.h>
#include <sonde/map_stacks.h>
#include <sonde/map_events.h>
#include <sonde/map_descriptors.h>
#include <sonde/map_queues.h>
#include <sonde/map_filters.h>
#include <sonde/map_redirects.h>
#include <sonde/map_sockets.h>
#include <sonde/map_storages.h>
