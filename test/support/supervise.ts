import { startPostgres, StartError } from '#platform/postgres.ts';

// A window that does nothing but run PostgreSQL: tests start it as a process of its own, also as another user.
const [folder = ''] = process.argv.slice(2);
try {
  const server = await startPostgres(folder, { sharedBuffers: '16MB', connections: 10 });
  const stop = (): void => void server.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  setInterval(() => undefined, 1_000_000);
  process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid, adopted: server.adopted })}\n`);
} catch (error) {
  process.stdout.write(`${error instanceof StartError ? error.message : String(error)}\n`);
  process.exitCode = error instanceof StartError ? 2 : 1;
}
