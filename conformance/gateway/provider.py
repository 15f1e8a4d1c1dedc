"""A test OIDC provider: just enough for the gateway to start. Nobody signs in; compare.py signs session tokens with the gateway's own secret."""
import http.server
import json

BASE = "http://127.0.0.1:18081"
DISCOVERY = {
    "issuer": BASE,
    "authorization_endpoint": BASE + "/auth",
    "token_endpoint": BASE + "/token",
    "jwks_uri": BASE + "/jwks",
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"keys": []} if self.path == "/jwks" else DISCOVERY).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


http.server.HTTPServer(("127.0.0.1", 18081), Handler).serve_forever()
