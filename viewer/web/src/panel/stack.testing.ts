/** Stack traces as the languages write them. */

export const PYTHON = `Traceback (most recent call last):
  File "/srv/shop/db.py", line 42, in connect
    return socket.create_connection((host, port))
           ~~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^
  File "/usr/lib/python3.13/socket.py", line 864, in create_connection
    raise exceptions[0]
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/main.py", line 7, in <module>
    run()
shop.errors.StartError: no database
`;

export const PYTHON_GROUP = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/shop/main.py", line 3, in <module>
  |     raise ExceptionGroup("two", [ValueError(1), TypeError(2)])
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | TypeError: 2
    +------------------------------------
`;

export const JAVA = `java.lang.IllegalStateException: order 7 has no lines
	at com.acme.shop.OrderService.place(OrderService.java:88)
	at com.acme.shop.OrderController.post(OrderController.java:31)
	at java.base/java.lang.reflect.Method.invoke(Method.java:580)
	at org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1089)
Caused by: java.sql.SQLTimeoutException: timed out
	at com.acme.shop.Db.query(Db.java:12)
	at org.postgresql.jdbc.PgStatement.execute(PgStatement.java:1)
	... 12 more`;

export const JAVASCRIPT = `Error: connect ECONNREFUSED 127.0.0.1:5432
    at Db.connect (/srv/shop/src/db.js:12:11)
    at async file:///srv/shop/src/server.mjs:40:3
    at Module._compile (node:internal/modules/cjs/loader:1554:14)
    at Layer.handle (/srv/shop/node_modules/express/lib/router/layer.js:95:5) {
  code: 'ECONNREFUSED',
  [cause]: TypeError: x is not a function
      at new Pool (/srv/shop/src/pool.ts:3:9)
}`;

export const SAFARI = `connect@https://shop.example/app.js:12:11
@https://shop.example/app.js:40:3`;

export const RUST = `thread 'main' panicked at src/main.rs:4:13:
called \`Option::unwrap()\` on a \`None\` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/panicking.rs:665:5
   1: core::panicking::panic_fmt
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/panicking.rs:76:14
   2: shop::db::connect
             at ./src/main.rs:4:13
   3: core::ops::function::FnOnce::call_once
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with \`RUST_BACKTRACE=full\` for a verbose backtrace.`;

export const RUST_ANYHOW = `Error: cannot start

Caused by:
    0: cannot connect
    1: connection refused

Stack backtrace:
   0: shop::main
             at ./src/main.rs:9:5`;

export const GO = `panic: runtime error: invalid memory address or nil pointer dereference

goroutine 18 [running]:
main.(*DB).Connect(0x0, {0x4b1d10, 0x9})
	/srv/shop/db.go:31 +0x1d
main.serve({0x7f2b, 0xc0001}, ...)
	/srv/shop/main.go:12 +0x65
net/http.HandlerFunc.ServeHTTP(0xc00019, {0x7f, 0xc0}, 0x0)
	/usr/local/go/src/net/http/server.go:2294 +0x29
created by net/http.(*Server).Serve in goroutine 1
	/usr/local/go/src/net/http/server.go:3454 +0x485`;

export const NET = `System.InvalidOperationException: no database
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.Connect(EndPoint remoteEP)
   at Shop.Db.Connect(String host) in /srv/Shop/Db.cs:line 42
   --- End of inner exception stack trace ---
   at Shop.Program.Main(String[] args) in C:\\src\\Shop\\Program.cs:line 7`;
