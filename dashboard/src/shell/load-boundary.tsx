import { Component, type ComponentChildren } from "preact";
import { Failure } from "../ui/notice.tsx";

/** Shows what a view threw, above all that its script could not be fetched (offline, or a newer page was put up). */
export class LoadBoundary extends Component<{ children: ComponentChildren }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  override componentDidCatch(error: unknown): void {
    this.setState({ error });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} retry={() => location.reload()} />;
  }
}
