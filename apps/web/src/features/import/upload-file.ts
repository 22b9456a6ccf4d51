import { Problem } from '../../api/problem.ts';

/** What is told while a file is on its way: how much of it has left, from 0 to 1. */
type Tell = (sent: number) => void;

export interface Upload {
  /** The uploaded file's id. */
  readonly done: Promise<string>;
  readonly cancel: () => void;
}

/** Sends a file. By XMLHttpRequest, since `fetch` doesn't tell how much has left. */
export function uploadFile(file: File, tell: Tell): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => tell(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      const body = parsed(request.responseText);
      if (request.status === 200 && typeof body['id'] === 'string') resolve(body['id']);
      else reject(refused(request, body));
    });
    request.addEventListener('error', () =>
      reject(new Problem('The file did not arrive', { code: 'OFFLINE', details: 'Check the connection, and choose the file again.' })),
    );
    request.addEventListener('abort', () => reject(new Problem('The upload was cancelled', { code: 'CANCELLED' })));
  });
  request.open('POST', `/api/imports?file_name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader('content-type', 'text/csv');
  request.send(file);
  return { done, cancel: () => request.abort() };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function refused(request: XMLHttpRequest, { error, code, details }: Record<string, unknown>): Problem {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return new Problem(text(error) ?? 'The server did not answer as expected', {
    code: text(code) ?? `HTTP_${request.status}`,
    details: text(details),
    requestId: request.getResponseHeader('x-request-id'),
  });
}
