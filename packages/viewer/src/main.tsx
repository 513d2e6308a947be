import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import './design/surfaces.css';
import './app/shell.css';
import './account/account.css';
import './worklist/study-table.css';
import './worklist/worklist.css';
import './worklist/preview.css';
import './worklist/receipt.css';
import './upload/upload.css';
import { render } from 'preact';
import { Application } from './app/app.tsx';

const root = document.getElementById('app');
if (root !== null) {
  render(<Application />, root);
}
