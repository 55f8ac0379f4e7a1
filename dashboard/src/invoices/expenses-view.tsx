import { Notice } from "../ui/notice.tsx";

const View = () => <Notice title="Not built yet" />;
export default View;
