/* Usage: csv_read FILE: reads a CSV with libcsv in strict mode and counts its fields, nothing else. */
#include <csv.h>
#include <stdio.h>

static void field(void *data, size_t length, void *context) {
    (void)data;
    (void)length;
    ++*(long *)context;
}

static void record(int end, void *context) {
    (void)end;
    (void)context;
}

int main(int argc, char **argv) {
    static char buffer[1 << 16];
    struct csv_parser parser;
    long fields = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI)) return 66;
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        if (csv_parse(&parser, buffer, length, field, record, &fields) != length) return 65;
    csv_fini(&parser, field, record, &fields);
    printf("%ld fields\n", fields);
    return 0;
}
