import { Bug } from 'lucide-preact';
import { Component, type ComponentChildren, type VNode } from 'preact';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

interface FaultState {
  readonly fault: string | undefined;
}

/** Stands in for a page that broke: says so instead of leaving a blank screen. */
export class FaultScreen extends Component<{ readonly children: ComponentChildren }, FaultState> {
  override state: FaultState = { fault: undefined };

  override componentDidCatch(error: unknown): void {
    this.setState({ fault: error instanceof Error ? error.message : String(error) });
  }

  override render(): VNode {
    if (this.state.fault === undefined) {
      return <>{this.props.children}</>;
    }
    return (
      <Empty icon={Bug} title={t('common.brokenTitle')} text={t('common.brokenText', { detail: this.state.fault })}>
        <Button kind="primary" onClick={() => location.reload()}>
          {t('common.reload')}
        </Button>
      </Empty>
    );
  }
}
