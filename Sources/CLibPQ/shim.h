// PostgreSQL's libpq (Debian: libpq-dev). The field codes of a result are character macros, which Swift does not see.
#pragma once
#include <libpq-fe.h>

static inline char *pinglink_pq_sqlstate(const PGresult *result) { return PQresultErrorField(result, PG_DIAG_SQLSTATE); }

static inline char *pinglink_pq_primary_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
