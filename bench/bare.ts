import { createServer } from 'node:http';

/**
 * What Node itself reaches on this machine, for comparison: requests are read, parsed and written back, and nothing is
 * checked, decided or stored. It says on which port it listens.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const text = JSON.stringify(body);
    // The mix sends requests that a window refuses, and its generator expects that.
    const status = text.includes('"movement":"?"') ? 400 : 201;
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});

server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit(0));
