import { Icon, type IconName } from "./icon";
import "./button.css";

export interface IconButtonProps {
  readonly label: string;
  readonly icon: IconName;
  readonly isPressed?: boolean;
  readonly onClick: () => void;
}

/** A button that is a picture alone; its name is read out, and shown under the pointer. */
export function IconButton({ label, icon, isPressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="button bare"
      title={label}
      aria-label={label}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
