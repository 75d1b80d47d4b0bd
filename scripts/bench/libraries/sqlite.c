/* SQLite with a database in memory: inserts, an index, joins, sorting, text functions. */
#include "bench.h"
#include "sqlite3.h"

static uint64_t sum;

static int row(void *unused, int columns, char **values, char **names) {
    (void)unused, (void)names;
    for (int i = 0; i < columns; i++)
        for (const char *c = values[i]; c && *c; c++) sum = sum * 31 + (uint8_t)*c;
    return 0;
}

static uint64_t work(void) {
    static const char *statements[] = {
        "create table item(id integer primary key, name text, price real, kind int)",
        "create table kind(id integer primary key, label text)",
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) "
        "insert into item select i, 'item ' || (i * 7919 % 10007), (i * 31 % 997) / 10.0, i % 50 from n",
        "insert into kind select distinct kind, 'kind ' || kind from item",
        "create index by_name on item(name)",
        "select kind.label, count(*), sum(price), max(name) from item join kind on kind.id = item.kind group by kind.id order by 3 desc",
        "select name, count(*) c from item where name like '%77%' group by name having c > 1 order by c desc, name limit 100",
        "select a.id, b.id from item a join item b on a.name = b.name and a.id < b.id order by a.price, b.price limit 500",
        "update item set price = price * 1.1 where id % 3 = 0",
        "select sum(length(replace(upper(name), 'TEM', substr(name, 6, 2)))) from item",
        "delete from item where price > 50",
        "select count(*), avg(price), group_concat(kind) from (select * from item order by price desc limit 200)",
    };
    sqlite3 *db;
    sum = 0;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 0;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
            char *message = NULL;
            if (round && (i < 2 || i == 4)) continue;
            if (round && i == 2) sqlite3_exec(db, "delete from item; delete from kind", row, NULL, NULL);
            if (sqlite3_exec(db, statements[i], row, NULL, &message) != SQLITE_OK) {
                printf("%s\n", message);
                exit(1);
            }
        }
    sqlite3_close(db);
    return sum;
}
