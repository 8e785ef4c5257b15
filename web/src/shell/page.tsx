import { useEffect } from 'react';
import { startLive } from '../inbox/data/live';
import { startStream } from '../lib/stream';
import { Shell } from './shell';
import { useTitle } from './title';

export default function ShellPage() {
  useEffect(() => {
    startStream();
    startLive();
  }, []);
  useTitle();
  return <Shell />;
}
