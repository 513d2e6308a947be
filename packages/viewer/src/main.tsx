import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import './design/surfaces.css';
import { render } from 'preact';
import { Toasts } from './design/toast.tsx';

const root = document.getElementById('app');
if (root !== null) {
  render(<Toasts />, root);
}
