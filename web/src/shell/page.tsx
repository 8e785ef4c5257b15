import { useEffect } from 'react';
import { startStream } from '../lib/stream';
import { Shell } from './shell';

export default function ShellPage() {
  useEffect(startStream, []);
  return <Shell />;
}
