// A CloudFront function: the dashboard's place until its files are there.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name.
function handler() {
  return {
    statusCode: 200,
    statusDescription: "OK",
    headers: { "content-type": { value: "text/html; charset=utf-8" } },
    body: '<!doctype html><html lang="en"><title>Stockwire</title><h1>Stockwire</h1><p>The dashboard is not deployed yet.</p></html>',
  };
}
