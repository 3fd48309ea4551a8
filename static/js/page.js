/** On every page: messages can be put away, and an open menu closes when one turns to something else. */

for (const message of document.querySelectorAll("[data-messages] > li")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-dismiss";
  button.setAttribute("aria-label", "Dismiss this message");
  button.textContent = "×";
  button.addEventListener("click", () => {
    message.remove();
    document.getElementById("main").focus();
  });
  message.append(button);
}

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
