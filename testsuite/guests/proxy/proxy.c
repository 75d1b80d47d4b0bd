// Hands a request on: `/PORT/REST` asks for `/REST` at that port of the loopback interface, and answers what came, fields and trailers too.
#include "proxy.h"
#include <stdlib.h>
#include <string.h>

static void answer(exports_wasi_http_incoming_handler_own_response_outparam_t out, wasi_http_types_own_outgoing_response_t response) {
    wasi_http_types_result_own_outgoing_response_error_code_t result = {.is_err = false, .val.ok = response};
    wasi_http_types_static_response_outparam_set(out, &result);
}

// An answer of a status alone.
static void fail(exports_wasi_http_incoming_handler_own_response_outparam_t out, uint16_t status) {
    wasi_http_types_own_outgoing_response_t response = wasi_http_types_constructor_outgoing_response(wasi_http_types_constructor_fields());
    wasi_http_types_method_outgoing_response_set_status_code(wasi_http_types_borrow_outgoing_response(response), status);
    answer(out, response);
}

// Hands a body on by splicing: whether all of it went.
static bool splice(wasi_http_types_own_incoming_body_t from, wasi_http_types_own_outgoing_body_t to) {
    wasi_io_streams_own_input_stream_t input;
    wasi_io_streams_own_output_stream_t output;
    wasi_io_streams_stream_error_t error;
    wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(from), &input);
    wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(to), &output);
    uint64_t len;
    while (wasi_io_streams_method_output_stream_blocking_splice(
        wasi_io_streams_borrow_output_stream(output), wasi_io_streams_borrow_input_stream(input), 1 << 20, &len, &error)) {
    }
    bool is_whole = error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED;
    if (!is_whole) wasi_io_error_error_drop_own(error.val.last_operation_failed);
    wasi_io_streams_input_stream_drop_own(input);
    wasi_io_streams_output_stream_drop_own(output);

    wasi_http_types_own_future_trailers_t future = wasi_http_types_static_incoming_body_finish(from);
    wasi_http_types_borrow_future_trailers_t borrowed = wasi_http_types_borrow_future_trailers(future);
    wasi_io_poll_own_pollable_t pollable = wasi_http_types_method_future_trailers_subscribe(borrowed);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_io_poll_pollable_drop_own(pollable);
    wasi_http_types_result_result_option_own_trailers_error_code_void_t got;
    wasi_http_types_own_trailers_t *trailers = NULL;
    wasi_http_types_method_future_trailers_get(borrowed, &got);
    if (got.is_err || got.val.ok.is_err) is_whole = false;
    else if (got.val.ok.val.ok.is_some) trailers = &got.val.ok.val.ok.val;
    wasi_http_types_error_code_t code;
    if (is_whole) is_whole = wasi_http_types_static_outgoing_body_finish(to, trailers, &code);
    else wasi_http_types_outgoing_body_drop_own(to);
    wasi_http_types_future_trailers_drop_own(future);
    return is_whole;
}

// A copy of fields that may go on: the host leaves those of one connection out.
static wasi_http_types_own_headers_t fields_of(wasi_http_types_own_headers_t headers) {
    wasi_http_types_own_headers_t copy = wasi_http_types_method_fields_clone(wasi_http_types_borrow_fields(headers));
    wasi_http_types_fields_drop_own(headers);
    return copy;
}

void exports_wasi_http_incoming_handler_handle(exports_wasi_http_incoming_handler_own_incoming_request_t request,
                                               exports_wasi_http_incoming_handler_own_response_outparam_t out) {
    wasi_http_types_borrow_incoming_request_t asked = wasi_http_types_borrow_incoming_request(request);
    proxy_string_t path;
    if (!wasi_http_types_method_incoming_request_path_with_query(asked, &path)) return fail(out, 400);
    uint8_t *rest = memchr(path.ptr + 1, '/', path.len - 1);
    if (!rest) return fail(out, 404);
    char authority[32] = "127.0.0.1:";
    size_t port = rest - path.ptr - 1;
    if (port > 16) return fail(out, 404);
    memcpy(authority + 10, path.ptr + 1, port);

    wasi_http_types_own_outgoing_request_t sent =
        wasi_http_types_constructor_outgoing_request(fields_of(wasi_http_types_method_incoming_request_headers(asked)));
    wasi_http_types_borrow_outgoing_request_t asks = wasi_http_types_borrow_outgoing_request(sent);
    proxy_string_t text = {(uint8_t *)authority, 10 + port}, new_path = {rest, path.ptr + path.len - rest};
    wasi_http_types_scheme_t scheme = {.tag = WASI_HTTP_TYPES_SCHEME_HTTP};
    wasi_http_types_method_t method;
    wasi_http_types_method_incoming_request_method(asked, &method);
    if (!wasi_http_types_method_outgoing_request_set_method(asks, &method) || !wasi_http_types_method_outgoing_request_set_scheme(asks, &scheme) ||
        !wasi_http_types_method_outgoing_request_set_authority(asks, &text) || !wasi_http_types_method_outgoing_request_set_path_with_query(asks, &new_path))
        return fail(out, 400);
    wasi_http_types_own_outgoing_body_t to;
    wasi_http_types_own_incoming_body_t from;
    bool has_body = method.tag == WASI_HTTP_TYPES_METHOD_POST;
    if (has_body) {
        wasi_http_types_method_outgoing_request_body(asks, &to);
        wasi_http_types_method_incoming_request_consume(asked, &from);
    }
    wasi_http_types_own_future_incoming_response_t future;
    wasi_http_types_error_code_t code;
    if (!wasi_http_outgoing_handler_handle(sent, NULL, &future, &code)) return fail(out, 403);
    if (has_body && !splice(from, to)) return fail(out, 400);

    wasi_http_types_borrow_future_incoming_response_t awaited = wasi_http_types_borrow_future_incoming_response(future);
    wasi_io_poll_own_pollable_t pollable = wasi_http_types_method_future_incoming_response_subscribe(awaited);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_io_poll_pollable_drop_own(pollable);
    wasi_http_types_result_result_own_incoming_response_error_code_void_t got;
    wasi_http_types_method_future_incoming_response_get(awaited, &got);
    if (got.is_err || got.val.ok.is_err) return fail(out, 502);
    wasi_http_types_own_incoming_response_t came = got.val.ok.val.ok;
    wasi_http_types_borrow_incoming_response_t came_here = wasi_http_types_borrow_incoming_response(came);

    wasi_http_types_own_outgoing_response_t response =
        wasi_http_types_constructor_outgoing_response(fields_of(wasi_http_types_method_incoming_response_headers(came_here)));
    wasi_http_types_borrow_outgoing_response_t answers = wasi_http_types_borrow_outgoing_response(response);
    wasi_http_types_method_outgoing_response_set_status_code(answers, wasi_http_types_method_incoming_response_status(came_here));
    wasi_http_types_method_outgoing_response_body(answers, &to);
    wasi_http_types_method_incoming_response_consume(came_here, &from);
    answer(out, response);
    splice(from, to);
    wasi_http_types_incoming_response_drop_own(came);
    wasi_http_types_future_incoming_response_drop_own(future);
}
